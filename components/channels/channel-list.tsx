"use client";

import { useQueryClient } from "@tanstack/react-query";
import { Megaphone } from "lucide-react";
import { useState } from "react";
import { useLiveQuery } from "@/lib/client/live-query";
import { channelsQuery } from "@/lib/client/queries/channels";
import type { Channel, ChannelKind } from "@/lib/contract/channel-words";
import { SecretDialog } from "../forms/one-time-secret";
import { Notice } from "../notice";
import { DataTable } from "../table/data-table";
import { sayDone } from "../toasts";
import { AddChannel } from "./add-channel";
import { DeleteChannel, SwitchChannel } from "./channel-confirmations";
import { ChannelDialog } from "./channel-dialog";
import { CHANNEL_COLUMNS, type ChannelAction, ChannelRow } from "./channel-row";
import { inOrder } from "./channel-text";
import { MailProblem } from "./mail-problem";
import { TestDialog } from "./test-dialog";

const REFRESH_MS = 5_000;

type Open = { add: ChannelKind } | { secret: string; of: Channel } | { act: ChannelAction; channel: Channel };

/** Whom alerts are told, those that fail first, and everything that can be done with them. */
export function ChannelList({
  forbidden,
  ownOrganisations,
}: {
  /** Why this person may not change channels; null when they may. */
  forbidden: string | null;
  ownOrganisations: readonly string[] | null;
}) {
  const client = useQueryClient();
  const [open, setOpen] = useState<Open | null>(null);
  const { data } = useLiveQuery(channelsQuery(), { topics: ["audit"], interval: () => REFRESH_MS });
  const refresh = () => {
    void client.invalidateQueries({ queryKey: channelsQuery().queryKey });
    void client.invalidateQueries({ queryKey: ["channel-notifications"] });
  };
  const close = () => setOpen(null);
  const { channels, mail } = data;
  const add = <AddChannel forbidden={forbidden} onAdd={(kind) => setOpen({ add: kind })} />;
  return (
    <>
      <MailProblem channels={channels} mail={mail} />
      {channels.length === 0 ? (
        <Notice icon={Megaphone} title="Alerts appear only on this page" actions={add}>
          Add e-mail, Slack, Microsoft Teams, PagerDuty or a webhook, so that people learn of an alert without looking
          at this page.
        </Notice>
      ) : (
        <>
          <div className="flex items-center justify-between gap-3 pb-3">
            <p className="text-pretty text-quiet">
              An alert is told through every channel that takes its severity, unless its rule names channels.
            </p>
            {add}
          </div>
          <DataTable caption="Channels, failing ones first" columns={CHANNEL_COLUMNS}>
            {inOrder(channels).map((channel) => (
              <ChannelRow
                key={channel.id}
                channel={channel}
                forbidden={forbidden}
                onAct={(act) => setOpen({ act, channel })}
              />
            ))}
          </DataTable>
        </>
      )}
      {open && "add" in open && (
        <ChannelDialog
          kind={open.add}
          mail={mail}
          own={ownOrganisations}
          onClose={close}
          onSaved={({ secret, ...channel }) => {
            refresh();
            if (secret) return setOpen({ secret, of: channel });
            close();
            const test = { label: "Send a test", run: async () => setOpen({ act: "test", channel }) };
            void sayDone(`${channel.name} is added.`, test);
          }}
        />
      )}
      {open && "secret" in open && (
        <SecretDialog
          title={`${open.of.name} is added`}
          description="Every message to it is signed with this secret. The receiver checks the webhook-signature header with it (Standard Webhooks)."
          label="Signing secret"
          secret={open.secret}
          note="Redrive keeps it encrypted, and signs with it."
          onClose={close}
        />
      )}
      {open && "act" in open && (
        <>
          {open.act === "edit" && (
            <ChannelDialog
              kind={open.channel.kind}
              channel={open.channel}
              mail={mail}
              own={ownOrganisations}
              onClose={close}
              onSaved={() => {
                refresh();
                close();
              }}
            />
          )}
          {open.act === "test" && <TestDialog channel={open.channel} onClose={close} onTested={refresh} />}
          {open.act === "switch" && <SwitchChannel channel={open.channel} onClose={close} onDone={refresh} />}
          {open.act === "delete" && <DeleteChannel channel={open.channel} onClose={close} onDone={refresh} />}
        </>
      )}
    </>
  );
}
