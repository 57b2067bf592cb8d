/** The kinds of channels: one line each. */
import type { ChannelKind, ChannelSettings } from "@/lib/contract/api/channels";
import type { MessageResult } from "@/lib/db/functions/messages";
import type { Message } from "../message";
import { sendEmail } from "./email";
import { sendPagerDuty } from "./pagerduty";
import { sendSlack } from "./slack";
import { sendTeams } from "./teams";
import { sendWebhook } from "./webhook";

/** Sends one message. What the channel refuses is a value; throws only for our own mistakes. */
type Send<Kind extends ChannelKind> = (settings: ChannelSettings[Kind], message: Message) => Promise<MessageResult>;

const SENDERS: { [Kind in ChannelKind]: Send<Kind> } = {
  email: sendEmail,
  slack: sendSlack,
  teams: sendTeams,
  pagerduty: sendPagerDuty,
  webhook: sendWebhook,
};

/** Sends through a channel of this kind. `settings` are complete, with secrets in plain text. */
export function sendThrough(kind: ChannelKind, settings: object, message: Message): Promise<MessageResult> {
  // The kind of a stored channel decides what its settings are.
  return (SENDERS[kind] as Send<ChannelKind>)(settings as never, message);
}
