/**
 * The sender of notifications: claims those that are due, sends each group as one message, and notes how it went. Any number
 * of processes may do so; leases keep them apart.
 */
import { call } from "@/lib/db/client";
import type { ClaimedMessage, MessageResult } from "@/lib/db/functions/messages";
import { ConfigurationError } from "@/lib/env";
import { log, logError } from "@/lib/log";
import { mailProblem } from "@/lib/outbound/mail";
import { createAlarm } from "@/lib/pipeline/alarm";
import { sendThrough } from "./channels";
import { sendEmail } from "./channels/email";
import { messageOf } from "./message";
import { tendReports } from "./reports";
import { openSettings } from "./settings";

/** Messages that one process sends at a time. */
const AT_ONCE = 8;
/** Longer than every deadline of a channel, so that a lease ends only with its sender. */
const LEASE_SECONDS = 60;
const POLL_MS = 1_000;
const PAUSE_AFTER_FAILURE_MS = 5_000;
const TEND_MS = 3_600_000;

export interface Notifier {
  /** Ends after the messages under way. */
  stop(): Promise<void>;
}

/** Starts the loop. While the database is unavailable it waits, and then goes on. */
export function startNotifier(): Notifier {
  const alarm = createAlarm();
  const running = new Set<Promise<void>>();
  let stopping = false;
  let tendAt = 0;

  async function loop(): Promise<void> {
    while (!stopping) {
      try {
        await alarm.sleep(await round());
      } catch (error) {
        logError("notifications_not_sent", error);
        await alarm.sleep(PAUSE_AFTER_FAILURE_MS);
      }
    }
    await Promise.all(running);
  }

  /** Starts what may be sent. Returns how long to wait then. */
  async function round(): Promise<number> {
    if (Date.now() >= tendAt) {
      tendAt = Date.now() + TEND_MS;
      await tendReports();
    }
    const free = AT_ONCE - running.size;
    const claimed = free > 0 ? await claim(free) : [];
    for (const message of claimed) {
      const sent = sendAndNote(message).finally(() => {
        running.delete(sent);
        // The next message of its channel may be due.
        alarm.ring();
      });
      running.add(sent);
    }
    return POLL_MS;
  }

  const looping = loop();
  return {
    stop() {
      stopping = true;
      alarm.ring();
      return looping;
    },
  };
}

/** Sends what is due, one message per channel and person. Returns how many messages that were. */
export async function sendNotifications(): Promise<number> {
  const claimed = await claim(AT_ONCE);
  await Promise.all(claimed.map(sendAndNote));
  return claimed.length;
}

function claim(limit: number): Promise<ClaimedMessage[]> {
  return call("pipeline", "claim_notifications", { p_limit: limit, p_lease_seconds: LEASE_SECONDS });
}

/** Never throws: what could not be noted is sent again when its lease has ended. */
async function sendAndNote(message: ClaimedMessage): Promise<void> {
  const about = {
    notification_id: `no_${message.id}`,
    kind: message.kind,
    channel_id: message.channel && `ch_${message.channel.id}`,
    channel: message.channel?.kind ?? "email",
    alerts: message.alerts.length,
  };
  try {
    const result = await send(message);
    const noted = await call("pipeline", "note_notifications", {
      p_notifications: message.notifications,
      p_result: result,
    });
    // Not what the channel said, which may name persons: that is on its page.
    log("notification", { ...about, decision: noted ? result.status : "lease_lost" });
  } catch (error) {
    logError("notification_not_noted", error, about);
  }
}

async function send(claimed: ClaimedMessage): Promise<MessageResult> {
  const { channel, person } = claimed;
  try {
    const message = messageOf(claimed);
    if (channel) return await sendThrough(channel.kind, openSettings(channel), message);
    const problem = mailProblem();
    // No failure of a channel, and nothing that another try would change.
    if (problem || !person) return { status: "skipped", outcome: problem ?? "The person is gone." };
    return await sendEmail({ to: [person.email] }, message);
  } catch (error) {
    if (error instanceof ConfigurationError) return { status: "failed", outcome: error.message };
    logError("notification_failed", error, { notification_id: `no_${claimed.id}` });
    return { status: "retry", outcome: "Redrive failed to send it. Its log says why." };
  }
}
