/**
 * Microsoft Teams: an Adaptive Card to the URL of a workflow ("When a Teams webhook request is received"). The workflow
 * answers 202 before it posts, so that "accepted" is all we know. Source: learn.microsoft.com, "Create incoming webhooks
 * with Workflows".
 */
import type { ChannelSettings } from "@/lib/contract/api/channels";
import type { MessageResult } from "@/lib/db/functions/messages";
import type { Message, MessagePart } from "../message";
import { jsonIn, post, resultOf, tidy } from "./post";
import { andMore, cut, withinSize } from "./size";

/** A message with its card may have 28 KB. */
const MOST_BYTES = 28_000;
const LONGEST_TEXT = 2_000;

export async function sendTeams({ webhook_url }: ChannelSettings["teams"], message: Message): Promise<MessageResult> {
  const answered = await post({ url: webhook_url, body: cardOf(message) });
  // The former connectors answered 200 to what Teams then refused, and so may a proxy of theirs.
  if (!answered.failure && /delivery failed/i.test(answered.text)) {
    return { status: "retry", outcome: `Teams refused it: ${tidy(answered.text)}` };
  }
  const { error } = (jsonIn(answered.text) ?? {}) as { error?: { code?: string; message?: string } };
  return resultOf("Teams", answered, error ? [error.code, error.message].filter(Boolean).join(": ") : answered.text);
}

/** The message of a card, not larger than Teams takes. */
export function cardOf(message: Message): Buffer {
  return withinSize(message, MOST_BYTES, (parts, left) => ({
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          msteams: { width: "Full" },
          body: [
            block(message.title, { weight: "Bolder", size: "Medium" }),
            ...parts.flatMap(blocksOf),
            ...(left > 0 ? [block(andMore(left), { isSubtle: true })] : []),
          ],
          // Of one alert its own links; a list has them in its text.
          actions: parts.length === 1 ? linksOf(parts[0]) : [],
        },
      },
    ],
  }));
}

function blocksOf({ heading, text, facts, links }: MessagePart): object[] {
  const [first] = links;
  return [
    ...(heading ? [block(heading, { weight: "Bolder", separator: true })] : []),
    block(text),
    ...(heading && first ? [{ type: "TextBlock", wrap: true, text: `[${plain(first.label)}](${first.url})` }] : []),
    ...(facts.length > 0
      ? [{ type: "FactSet", facts: facts.map(({ label, value }) => ({ title: label, value: plain(cut(value, 300)) })) }]
      : []),
  ];
}

function linksOf(part: MessagePart | undefined): object[] {
  return (part?.links ?? []).map(({ label, url }) => ({ type: "Action.OpenUrl", title: label, url }));
}

function block(text: string, more: object = {}): object {
  return { type: "TextBlock", wrap: true, text: plain(cut(text, LONGEST_TEXT)), ...more };
}

/** Text blocks read Markdown: names of users and providers must not become links or lists. */
function plain(text: string): string {
  return text.replace(/[\\`*_[\]<>#|~]/g, (character) => `\\${character}`);
}
