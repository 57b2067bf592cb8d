/** Making, changing, testing and deleting channels. Secrets are stored encrypted, and only a webhook's own is ever answered. */
import type { z } from "zod";
import type { Channel, ChannelKind, changeChannelRequest, createChannelRequest } from "@/lib/contract/api/channels";
import { type Answers, call } from "@/lib/db/client";
import { checkDestinationUrl } from "@/lib/destinations/policy";
import { canEncrypt } from "@/lib/destinations/secrets";
import { environment } from "@/lib/env";
import { log } from "@/lib/log";
import { addressIn, openSecrets, readSettings, sealSettings } from "@/lib/notifications/settings";
import { channelNumber } from "@/lib/queries/channels";
import { Refusal } from "@/lib/refusals";
import { beyondScope, scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";

/** Makes a channel. `secret`: of a webhook whose secret was made here, shown only this once. */
export async function createChannel(
  { kind, settings: given, ...fields }: z.output<typeof createChannelRequest>,
  by: ActorContext,
): Promise<Channel & { secret: string | null }> {
  requireKey();
  const values = readSettings(kind, given);
  await requireAddress(values);
  const id = await call("console", "next_channel_id", {});
  const made = await call("console", "create_channel", {
    p_channel: { id, kind, ...fields, ...sealSettings(id, kind, values) },
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  const channel = doneOr(made, by);
  logAction("create", channel, by);
  return { ...channel, secret: "secret" in values && !("secret" in given) ? (values.secret ?? null) : null };
}

/** Changes fields, on the version that the caller has seen. Secrets that are left out of `settings` stay. */
export async function changeChannel(
  id: number,
  { version, settings: given, ...fields }: z.output<typeof changeChannelRequest>,
  by: ActorContext,
): Promise<Channel> {
  const sealed = given && (await changedSettings(id, given, by));
  const answer = await call("console", "change_channel", {
    p_id: id,
    p_version: version,
    p_changes: { ...fields, ...sealed },
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  const channel = doneOr(answer, by);
  logAction("change", channel, by);
  return channel;
}

async function changedSettings(id: number, given: Record<string, unknown>, by: ActorContext) {
  requireKey();
  const stored = await findSealed(id, by);
  const values = readSettings(stored.kind, given, openSecrets(stored));
  await requireAddress(values);
  return sealSettings(id, stored.kind, values);
}

/** Deletes it. What waits for it is skipped, and what it was told stays. */
export async function deleteChannel(id: string, by: ActorContext): Promise<void> {
  const who = { p_id: channelNumber(id), ...scopeOf(by.actor), ...byArguments(by) };
  if (!(await call("console", "archive_channel", who))) throw new Refusal("no_such_channel");
  log("channel", { request_id: by.requestId, channel_id: id, actor: by.actor.id, step: "delete" });
}

/** A channel with its encrypted secrets. Throws a `Refusal` when the caller may see none. */
export async function findSealed(id: number, { actor }: ActorContext) {
  const found = await call("console", "find_sealed_channel", { p_id: id, ...scopeOf(actor) });
  if (!found) throw new Refusal("no_such_channel");
  return found;
}

function doneOr(answer: Answers["create_channel"] | Answers["change_channel"], { actor }: ActorContext): Channel {
  switch (answer.result) {
    case "done":
      return answer.channel;
    case "beyond_scope":
      throw beyondScope(actor, "organisations");
    case "changed_meanwhile":
      throw new Refusal("channel_changed_meanwhile");
    case "not_found":
      throw new Refusal("no_such_channel");
  }
}

function requireKey(): void {
  if (!canEncrypt()) throw new Refusal("no_channel_encryption");
}

/** Where a channel leads to is checked now, and again when something is sent. */
async function requireAddress(values: object): Promise<void> {
  const address = addressIn(values);
  const problem = address && (await checkDestinationUrl(address, environment().EGRESS_ALLOW_PRIVATE));
  if (problem) throw new Refusal("bad_channel_url", problem);
}

function logAction(step: string, { id, kind }: { id: string; kind: ChannelKind }, { actor, requestId }: ActorContext) {
  log("channel", { request_id: requestId, channel_id: id, kind, actor: actor.id, step });
}
