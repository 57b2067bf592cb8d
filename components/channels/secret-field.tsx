import type { ReactNode } from "react";
import type { Channel, ChannelKind } from "@/lib/contract/channel-words";
import { Field } from "../forms/field";
import type { ChannelDraft } from "./channel-draft";

/** What the fields of every kind take. */
export interface KindProps {
  kind: ChannelKind;
  draft: ChannelDraft;
  channel?: Channel;
  problem: { field: string; message: string } | null;
  onChange: (draft: ChannelDraft) => void;
}

/** A setting that is not shown again: when it is changed, empty means that it stays. */
export function SecretField({
  name,
  label,
  placeholder,
  help,
  optional,
  ...props
}: KindProps & { name: string; label: string; placeholder: string; help?: ReactNode; optional?: boolean }) {
  const { draft, channel, problem, onChange } = props;
  const hint = channel?.hints[name];
  const isWrong = problem?.field === name || (problem?.field === "settings" && name.endsWith("url"));
  return (
    <Field
      label={label}
      className="[&_input]:font-mono"
      spellCheck={false}
      required={!optional && !hint}
      data-testid={`channel-${name}`}
      placeholder={hint ? `${hint} (stays when left empty)` : placeholder}
      help={help}
      value={draft.values[name] ?? ""}
      problem={isWrong ? problem.message : null}
      onChange={({ target }) => onChange({ ...draft, values: { ...draft.values, [name]: target.value } })}
    />
  );
}
