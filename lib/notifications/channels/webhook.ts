/** A program of the user's own: JSON, signed as Standard Webhooks, with the same `webhook-id` on every try. */
import type { ChannelSettings } from "@/lib/contract/api/channels";
import type { MessageResult } from "@/lib/db/functions/messages";
import { hopsHeader } from "@/lib/destinations/hops";
import { signatureHeaders } from "@/lib/destinations/signing";
import type { Message } from "../message";
import { post, resultOf } from "./post";

export async function sendWebhook(
  { url, secret }: ChannelSettings["webhook"],
  message: Message,
): Promise<MessageResult> {
  const body = Buffer.from(JSON.stringify(bodyOf(message)));
  const secrets = secret ? [secret] : [];
  const headers = { ...signatureHeaders(message.id, body, secrets), ...hopsHeader([]) };
  return resultOf("the webhook", await post({ url, body, headers, secrets }));
}

/** As the notes of `POST /api/channels` describe it. */
function bodyOf({ kind, title, parts, alerts, replay }: Message): object {
  const link = (n: number) => parts[n]?.links[0]?.url ?? null;
  const timestamp = new Date().toISOString();
  if (replay) return { type: "replay.ended", timestamp, data: { title, replay: { ...replay, url: link(0) } } };
  return {
    type: kind === "test" ? "test" : `alert.${kind}`,
    timestamp,
    data: { title, alerts: alerts.map((alert, n) => ({ ...alert, url: link(n) })) },
  };
}
