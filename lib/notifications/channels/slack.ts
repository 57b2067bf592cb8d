/**
 * Slack: an incoming webhook, where each message is new, or a bot, whose message is updated when its alerts change.
 * Sources: docs.slack.dev, "Sending messages using incoming webhooks", chat.postMessage, chat.update, rate limits.
 */
import type { ChannelSettings } from "@/lib/contract/api/channels";
import type { MessageResult } from "@/lib/db/functions/messages";
import { environment } from "@/lib/env";
import type { Message, MessagePart } from "../message";
import { jsonIn, pauseIn, post, resultOf } from "./post";
import { andMore, cut, withinSize } from "./size";

/** Slack's limits: of a section's text, and of the text that notifications show. */
const LONGEST_SECTION = 3_000;
const LONGEST_TEXT = 3_000;
const MOST_BYTES = 100_000;

/** Errors of the Web API (200 with ok: false) after which another try may succeed. */
const PASSING = new Set(["ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"]);
/** The message cannot be changed any more, so that a new one is posted. */
const NOT_UPDATED = new Set(["message_not_found", "cant_update_message", "edit_window_closed", "update_failed"]);

export function sendSlack(settings: ChannelSettings["slack"], message: Message): Promise<MessageResult> {
  const { webhook_url, bot_token, channel } = settings;
  if (bot_token && channel) return sendAsBot({ token: bot_token, channel }, message);
  return sendToWebhook(webhook_url ?? "", message);
}

/** Answers 200 and "ok", or a status with a word such as "invalid_token" or "channel_is_archived". */
async function sendToWebhook(url: string, message: Message): Promise<MessageResult> {
  return resultOf("Slack", await post({ url, body: bodyOf(message) }));
}

async function sendAsBot(bot: { token: string; channel: string }, message: Message): Promise<MessageResult> {
  const [channel, ts] = message.updates?.split(":") ?? [];
  if (channel && ts) {
    const updated = await ask("chat.update", bot.token, bodyOf(message, { channel, ts }));
    if (!updated.error || !NOT_UPDATED.has(updated.error)) return updated.result;
  }
  const body = bodyOf(message, { channel: bot.channel, unfurl_links: false, unfurl_media: false });
  return (await ask("chat.postMessage", bot.token, body)).result;
}

async function ask(method: string, token: string, body: Buffer): Promise<{ result: MessageResult; error?: string }> {
  const url = `${environment().SLACK_API_URL.replace(/\/+$/, "")}/${method}`;
  const answered = await post({ url, body, headers: { authorization: `Bearer ${token}` }, secrets: [token] });
  const { ok, error, channel, ts } = jsonIn(answered.text) ?? {};
  if (answered.failure) return { result: resultOf("Slack", answered, String(error ?? answered.text)) };
  if (ok === true) {
    return { result: { ...resultOf("Slack", answered), remote_id: `${String(channel)}:${String(ts)}` } };
  }
  const word = typeof error === "string" ? error : "an answer without ok";
  const result: MessageResult = {
    status: PASSING.has(word) ? "retry" : "failed",
    outcome: `Slack refused it: ${word}.`,
    retry_after_ms: pauseIn(answered.headers ?? []),
  };
  return { result, error: word };
}

function bodyOf(message: Message, more: object = {}): Buffer {
  const title = escaped(message.title);
  return withinSize(message, MOST_BYTES, (parts, left) => ({
    ...more,
    text: cut(title, LONGEST_TEXT),
    blocks: [
      section(`*${cut(title, 500)}*`),
      ...parts.flatMap(blocksOf),
      ...(left > 0 ? [section(escaped(andMore(left)))] : []),
    ],
  }));
}

function blocksOf({ heading, text, facts, links }: MessagePart): object[] {
  const lines = [
    ...(heading ? [`*${escaped(heading)}*`] : []),
    escaped(text),
    ...links.map(({ label, url }) => `<${escaped(url)}|${escaped(label)}>`),
  ];
  const small = facts.map(({ label, value }) => `${escaped(label)}: ${escaped(value)}`).join("  ·  ");
  const context = { type: "context", elements: [{ type: "mrkdwn", text: cut(small, LONGEST_SECTION) }] };
  return [section(lines.join("\n")), ...(small ? [context] : [])];
}

function section(text: string): object {
  return { type: "section", text: { type: "mrkdwn", text: cut(text, LONGEST_SECTION) } };
}

/** Slack reads these three as markup; with them escaped, no text mentions anybody. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
