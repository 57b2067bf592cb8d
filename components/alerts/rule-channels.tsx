"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { ruleChannelsQuery } from "@/lib/client/queries/alerts";
import { CheckboxField } from "../forms/checkbox-field";
import type { RuleDraft } from "./rule-draft";

/** Whom the rule tells, and whether it is on. */
export function ChannelChoice({ draft, onChange }: { draft: RuleDraft; onChange: (draft: RuleDraft) => void }) {
  const { data: channels, error } = useQuery(ruleChannelsQuery());
  const toggle = (id: string, on: boolean) =>
    onChange({
      ...draft,
      channel_ids: on ? [...draft.channel_ids, id] : draft.channel_ids.filter((one) => one !== id),
    });
  return (
    <>
      <fieldset>
        <legend className="font-medium">Channels</legend>
        <p className="mb-1.5 text-pretty text-quiet text-sm">
          {draft.channel_ids.length === 0
            ? `None selected: every channel that takes ${draft.severity} is told.`
            : "Only these are told."}
        </p>
        {error && <p className="text-red text-sm">Could not load the channels. What is selected stays.</p>}
        {channels?.length === 0 && (
          <p className="text-quiet">
            There is no channel yet.{" "}
            <Link href="/alerts/channels" className="text-ink underline underline-offset-2">
              Create one
            </Link>
          </p>
        )}
        <div className="space-y-1">
          {channels?.map(({ id, name }) => (
            <CheckboxField key={id} checked={draft.channel_ids.includes(id)} onChange={(on) => toggle(id, on)}>
              {name}
            </CheckboxField>
          ))}
        </div>
      </fieldset>
      <CheckboxField
        checked={draft.enabled}
        onChange={(enabled) => onChange({ ...draft, enabled })}
        hint="A rule that is off is not evaluated. What it fires now is resolved."
      >
        On
      </CheckboxField>
    </>
  );
}
