/** Sends a test through a channel. */
import { call } from "@/lib/db/client";
import type { MessageResult } from "@/lib/db/functions/messages";
import { log } from "@/lib/log";
import { sendThrough } from "@/lib/notifications/channels";
import { testMessage } from "@/lib/notifications/message";
import { openSettings } from "@/lib/notifications/settings";
import { channelNumber } from "@/lib/queries/channels";
import { Refusal } from "@/lib/refusals";
import { scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";
import { findSealed } from "./channels";

const MOST_TESTS_A_MINUTE = 5;

/** Sends a test now. What the channel answers is noted like any notification. */
export async function testChannel(id: string, by: ActorContext): Promise<{ accepted: boolean; outcome: string }> {
  const stored = await findSealed(channelNumber(id), by);
  const notification = await call("console", "begin_channel_test", {
    p_id: stored.id,
    p_most: MOST_TESTS_A_MINUTE,
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  if (!notification) throw new Refusal("too_many_tests", { most: MOST_TESTS_A_MINUTE });
  const sent = await sendThrough(stored.kind, openSettings(stored), testMessage(notification.id, stored.name));
  // Nobody tries a test again.
  const result: MessageResult = sent.status === "retry" ? { ...sent, status: "failed" } : sent;
  await call("console", "note_notifications", { p_notifications: [notification], p_result: result });
  log("channel", {
    request_id: by.requestId,
    channel_id: id,
    actor: by.actor.id,
    step: "test",
    decision: result.status,
  });
  return { accepted: result.status === "sent", outcome: result.outcome };
}
