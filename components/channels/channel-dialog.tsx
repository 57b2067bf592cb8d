"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { changeChannel, createChannel } from "@/lib/client/channels";
import { useKnownOrganisations } from "@/lib/client/organisations";
import { ApiError } from "@/lib/client/request";
import { CHANNEL_KIND, type Channel, type ChannelKind, type Channels } from "@/lib/contract/channel-words";
import { CheckboxField } from "../forms/checkbox-field";
import { Field } from "../forms/field";
import { FormDialog } from "../forms/form-dialog";
import { isComplete, OrganisationsField, organisationsIn } from "../forms/organisations-field";
import { SeveritiesField } from "../forms/severities-field";
import { draftOfChannel, settingsIn } from "./channel-draft";
import { KindFields } from "./kind-fields";
import { KIND_HELP } from "./kind-help";

/** Adds a channel of a kind, or changes one. Says where to get what it needs. */
export function ChannelDialog({
  kind,
  channel,
  mail,
  own,
  onClose,
  onSaved,
}: {
  kind: ChannelKind;
  channel?: Channel;
  mail: Channels["mail"];
  /** The organisations of the person who saves. */
  own: readonly string[] | null;
  onClose: () => void;
  onSaved: (saved: Channel & { secret: string | null }) => void;
}) {
  const [before] = useState(() => draftOfChannel(channel, own));
  const [draft, setDraft] = useState(before);
  const known = useKnownOrganisations();
  const save = useMutation({
    mutationFn: async () => {
      const input = {
        name: draft.name.trim(),
        severities: draft.severities,
        organisations: organisationsIn(draft.organisations),
        tells_replays: draft.tellsReplays,
      };
      const settings = settingsIn(kind, draft, channel && before);
      if (!channel) return createChannel(kind, { ...input, settings: settings ?? {} });
      return { ...(await changeChannel(channel, { ...input, ...(settings && { settings }) })), secret: null };
    },
    onSuccess: onSaved,
  });
  const problem = save.error instanceof ApiError ? save.error : null;
  const ofField = problem?.field?.replace(/^settings\./, "");
  const isShown = ofField !== undefined && [...KIND_HELP[kind].fields, "name", "settings"].includes(ofField);
  return (
    <FormDialog
      title={channel ? `Edit ${channel.name}` : CHANNEL_KIND[kind].add}
      description={KIND_HELP[kind].description}
      action={channel ? "Save changes" : "Add channel"}
      doing="Saving…"
      testId="channel-save"
      ready={draft.name.trim() !== "" && draft.severities.length > 0 && isComplete(draft.organisations)}
      pending={save.isPending}
      error={isShown ? null : save.error}
      before="Nothing was saved."
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <Field
        label="Name"
        required
        maxLength={120}
        data-testid="channel-name"
        placeholder={KIND_HELP[kind].example}
        value={draft.name}
        problem={ofField === "name" ? problem?.message : null}
        onChange={({ target }) => setDraft({ ...draft, name: target.value })}
      />
      <KindFields
        {...{ kind, draft, channel, mail }}
        problem={isShown && ofField !== "name" && problem ? { field: ofField, message: problem.message } : null}
        onChange={setDraft}
      />
      <SeveritiesField
        legend="Severities"
        help="Rules that name channels are told through those alone, whatever their severity."
        value={draft.severities}
        onChange={(severities) => setDraft({ ...draft, severities })}
      />
      {kind !== "pagerduty" && (
        <CheckboxField
          checked={draft.tellsReplays}
          hint="Only of replays that ask for it. Alerts are always sent."
          onChange={(tellsReplays) => setDraft({ ...draft, tellsReplays })}
        >
          Also when replays end
        </CheckboxField>
      )}
      <OrganisationsField
        value={draft.organisations}
        own={own}
        known={known}
        onChange={(organisations) => setDraft({ ...draft, organisations })}
      />
    </FormDialog>
  );
}
