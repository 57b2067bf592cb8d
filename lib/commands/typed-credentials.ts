/** The keys of a provider's API as a form sends them. */
import { call } from "@/lib/db/client";
import { type AskableSource, argumentsOf, readStored, requireAll } from "@/lib/queries/askable-source";
import { Refusal } from "@/lib/refusals";
import { scopeOf } from "@/lib/scope";
import type { ActorContext } from "./actor";

export type TypedFields = Readonly<Record<string, string>>;

/** What was typed, as its client reads it, with the stored secrets that a form does not show. All that is required. */
export async function completeCredentials(
  source: AskableSource,
  typed: TypedFields,
  { actor }: ActorContext,
): Promise<TypedFields> {
  const values = readFields(source, typed);
  const seen = await call("console", "get_api_credentials", { ...argumentsOf(source.ref), ...scopeOf(actor) });
  const before = seen ? ((await readStored(source))?.values ?? {}) : {};
  const { credentials } = source.provider.api;
  const kept = Object.entries(before).filter(([name]) => credentials[name]?.isSecret && !(name in values));
  return requireAll(source, { ...values, ...Object.fromEntries(kept) });
}

/** Empty ones are left out. */
function readFields({ provider: { api, label } }: AskableSource, typed: TypedFields): TypedFields {
  const known = Object.keys(api.credentials);
  const values: Record<string, string> = {};
  for (const [name, text] of Object.entries(typed)) {
    const field = Object.hasOwn(api.credentials, name) ? api.credentials[name] : undefined;
    if (!field) throw new Refusal("unknown_api_field", { provider: label, name, known });
    if (text.trim() === "") continue;
    const read = field.read?.(text) ?? { value: text.trim() };
    if ("problem" in read) throw new Refusal("bad_api_field", { name, problem: read.problem });
    values[name] = read.value;
  }
  return values;
}
