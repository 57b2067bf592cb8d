/** E-mail over the operator's SMTP server. */
import type { ChannelSettings } from "@/lib/contract/api/channels";
import type { MessageResult } from "@/lib/db/functions/messages";
import { mailProblem, sendMail } from "@/lib/outbound/mail";
import type { Message, MessagePart } from "../message";
import { andMore, cut } from "./size";

const MOST_PARTS = 50;
const LONGEST_SUBJECT = 200;

/** "Accepted" is by the mail server: whether a mail arrives, no sender knows. */
export async function sendEmail({ to }: ChannelSettings["email"], message: Message): Promise<MessageResult> {
  const problem = mailProblem();
  if (problem) return { status: "failed", outcome: problem };
  const parts = message.parts.slice(0, MOST_PARTS);
  const left = message.parts.length - parts.length;
  const result = await sendMail({
    to,
    id: message.id,
    thread: message.alerts[0]?.id,
    subject: cut(message.title, LONGEST_SUBJECT),
    text: [message.title, ...parts.map(asText), ...(left > 0 ? [andMore(left)] : [])].join("\n\n"),
    html: asHtml(message.title, parts, left),
  });
  if (result.status !== "sent") return { status: result.status, outcome: result.answer };
  const refused = result.refused.length > 0 ? ` It refused ${result.refused.length} of ${to.length} addresses.` : "";
  return { status: "sent", outcome: `Accepted by the mail server: ${result.answer}.${refused}` };
}

function asText({ heading, text, facts, links }: MessagePart): string {
  return [
    ...(heading ? [heading] : []),
    text,
    ...facts.map(({ label, value }) => `${label}: ${value}`),
    ...links.map(({ label, url }) => `${label}: ${url}`),
  ].join("\n");
}

/** Plain enough for every mail client: no images, no scripts, no styles of their own. */
function asHtml(title: string, parts: readonly MessagePart[], left: number): string {
  return `<!doctype html><html><body style="font-family:sans-serif;font-size:14px;line-height:1.5">
<h1 style="font-size:16px">${escaped(title)}</h1>
${parts.map(partAsHtml).join("\n")}${left > 0 ? `<p>${escaped(andMore(left))}</p>` : ""}
</body></html>`;
}

function partAsHtml({ heading, text, facts, links }: MessagePart): string {
  const rows = facts.map(
    ({ label, value }) => `<tr><td style="padding-right:16px">${escaped(label)}</td><td>${escaped(value)}</td></tr>`,
  );
  return [
    ...(heading ? [`<h2 style="font-size:14px">${escaped(heading)}</h2>`] : []),
    `<p>${escaped(text)}</p>`,
    ...(rows.length > 0 ? [`<table style="font-size:14px">${rows.join("")}</table>`] : []),
    ...links.map(({ label, url }) => `<p><a href="${escaped(url)}">${escaped(label)}</a></p>`),
  ].join("\n");
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
