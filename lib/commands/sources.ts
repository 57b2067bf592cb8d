/**
 * Creating, changing, rotating and deleting sources. A token is made here, returned in one answer, and stored as its hash
 * only.
 */
import { randomBytes } from "node:crypto";
import type { Source, SourceWithUrl } from "@/lib/contract/sources";
import { call } from "@/lib/db/client";
import { forgetSources, hashOf } from "@/lib/pipeline/source-tokens";
import { findProvider, senders } from "@/lib/providers";
import type { Provider } from "@/lib/providers/provider";
import { readSettings } from "@/lib/providers/settings";
import { getStoredSource, type StoredSource, sourceNumber, withFullUrl, withMaskedUrl } from "@/lib/queries/sources";
import { Refusal } from "@/lib/refusals";
import { beyondScope, scopeOf } from "@/lib/scope";
import { type ActorAtOrigin, byArguments } from "./actor";

const TOKEN_BYTES = 32;
const HINT_LENGTH = 4;

export interface SourceFields {
  name?: string;
  organisation_id?: string | null;
  company_id?: string | null;
  settings?: Record<string, string>;
  max_per_minute?: number | null;
  enabled?: boolean;
}

type Refused = { refused: "beyond_scope" };

/** Makes a source with a new URL. Throws a `Refusal` for an unknown provider or setting, and for one that cannot be meant. */
export async function createSource(
  { provider: slug, ...fields }: SourceFields & { provider: string; name: string },
  by: ActorAtOrigin,
): Promise<SourceWithUrl> {
  const provider = findProvider(slug);
  if (!provider || provider.published) {
    throw new Refusal("unknown_provider", { slug, known: senders.map((sender) => sender.slug) });
  }
  const settings = settingsOf(provider, fields.settings ?? {});
  const token = newToken();
  const stored = await call("console", "create_source", {
    p_source: { provider: slug, ...fields, settings, token_hash: hashOf(token), token_hint: token.slice(-HINT_LENGTH) },
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  forgetSources();
  return withFullUrl(accepted(stored, by), token, by.origin);
}

/** Changes the given fields. Throws a `Refusal` when there is no such source, and for a setting as above. */
export async function updateSource(id: string, fields: SourceFields, by: ActorAtOrigin): Promise<Source> {
  const settings =
    fields.settings && settingsOf(findProvider((await getStoredSource(id, by.actor)).provider), fields.settings);
  const stored = await call("console", "update_source", {
    p_id: sourceNumber(id),
    p_change: { ...fields, ...(settings && { settings }) },
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  forgetSources();
  return withMaskedUrl(accepted(stored ?? missing(), by), by.origin);
}

/** Gives it a new URL; the previous one works for `overlapHours` more. Throws a `Refusal` when there is no such source. */
export async function rotateSource(id: string, overlapHours: number, by: ActorAtOrigin): Promise<SourceWithUrl> {
  const token = newToken();
  const stored = await call("console", "rotate_source", {
    p_id: sourceNumber(id),
    p_token_hash: hashOf(token),
    p_token_hint: token.slice(-HINT_LENGTH),
    p_overlap_seconds: Math.round(overlapHours * 3600),
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  forgetSources();
  return withFullUrl(stored ?? missing(), token, by.origin);
}

/** Deletes it for good; its events remain. Throws a `Refusal` when there is no such source. */
export async function deleteSource(id: string, by: ActorAtOrigin): Promise<void> {
  const found = await call("console", "delete_source", {
    p_id: sourceNumber(id),
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  forgetSources();
  if (!found) missing();
}

function accepted(answer: StoredSource | Refused, { actor }: ActorAtOrigin): StoredSource {
  if ("refused" in answer) throw beyondScope(actor, "organisation_id");
  return answer;
}

/** As they are stored: what was typed in another form would reject every request. */
function settingsOf(provider: Provider | undefined, typed: Record<string, string>): Record<string, string> {
  const known = Object.keys(provider?.settings ?? {});
  const unknown = Object.keys(typed).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Refusal("unknown_setting", { provider: provider?.label ?? null, setting: unknown, known });
  }
  if (!provider) return typed;
  const read = readSettings(provider, typed);
  if ("problem" in read) throw new Refusal("bad_setting", { setting: read.setting, problem: read.problem });
  return read.settings;
}

function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

function missing(): never {
  throw new Refusal("no_such_source");
}
