/** Server reads of channels, what they were told, and what a person wants to be told. */
import type { z } from "zod";
import { type Actor, accountOf } from "@/lib/auth/permissions";
import type { Channel, Channels } from "@/lib/contract/api/channels";
import type { channelNotificationsRequest, NotificationPage, OwnPreferences } from "@/lib/contract/api/notifications";
import { parseId } from "@/lib/contract/ids";
import { call } from "@/lib/db/client";
import { environment } from "@/lib/env";
import { mailProblem } from "@/lib/outbound/mail";
import { Refusal } from "@/lib/refusals";
import { type Scoped, scopeOf } from "@/lib/scope";

/** Every channel with its last outcomes, and whether mail can be sent at all. */
export async function listChannels(asker: Scoped): Promise<Channels> {
  const problem = mailProblem();
  const mail = { configured: problem === null, from: environment().MAIL_FROM ?? null, problem };
  return { channels: await call("console", "list_channels", scopeOf(asker)), mail };
}

/** Throws a `Refusal` when the caller may see no such channel. */
export async function requireChannel(id: number, asker: Scoped): Promise<Channel> {
  return (await call("console", "get_channel", { p_id: id, ...scopeOf(asker) })) ?? missing();
}

/** What a channel was told, newest first. Throws a `Refusal` when the caller may see no such channel. */
export async function listChannelNotifications(
  id: string,
  { limit, cursor }: z.output<typeof channelNotificationsRequest>,
  asker: Scoped,
): Promise<NotificationPage> {
  const args = { p_id: channelNumber(id), p_limit: limit, p_after: cursor ?? null, ...scopeOf(asker) };
  return (await call("console", "list_channel_notifications", args)) ?? missing();
}

/** The number in `ch_12` or `12`. Throws a `Refusal` for anything else. */
export function channelNumber(id: unknown): number {
  return parseId("channel", String(id)) ?? missing();
}

/** Of the person who asks. Throws a `Refusal` for a token without a person. */
export async function readPreferences(actor: Actor): Promise<OwnPreferences> {
  const found = await call("console", "get_notification_preferences", { p_staff_id: personOf(actor) });
  if (!found) throw new Refusal("preferences_need_person");
  return { ...found, mail_problem: mailProblem() };
}

/** Whose preferences they are. Throws a `Refusal` for a token without a person. */
export function personOf(actor: Actor): string {
  const person = accountOf(actor);
  if (!person) throw new Refusal("preferences_need_person");
  return person;
}

function missing(): never {
  throw new Refusal("no_such_channel");
}
