/** Channels, through which people are told of alerts, replays and reports. */
import { z } from "zod";
import { channelKind, count, incidentSeverity, time } from "./values";

const name = z.string().trim().min(1, "enter a name").max(120);
const severities = z.array(incidentSeverity).min(1, "choose at least one");
const organisations = z.array(z.string().min(1).max(255)).min(1).max(100).nullable();
const url = z.url({ protocol: /^https?$/, error: "must be an http(s) address" }).max(2048);

export type ChannelKind = z.infer<typeof channelKind>;

/** What each kind needs. Secret fields are stored encrypted and never answered. */
export const channelSettings = {
  email: z.strictObject({ to: z.array(z.email()).min(1).max(20) }),
  slack: z.strictObject({
    webhook_url: url.optional().describe("Secret. An incoming webhook: each message is new."),
    bot_token: z
      .string()
      .min(8)
      .max(500)
      .optional()
      .describe("Secret. With it a message is updated when its alert resolves."),
    channel: z.string().min(1).max(100).optional().describe("With a bot token: the id of the channel."),
  }),
  teams: z.strictObject({ webhook_url: url.describe("Secret. Of a workflow that posts to a channel or chat.") }),
  pagerduty: z.strictObject({
    routing_key: z.string().min(8).max(100).describe("Secret. Of an Events API v2 integration."),
  }),
  webhook: z.strictObject({
    url: url.describe("Secret: it may have a key in it. Its host is answered."),
    secret: z.string().startsWith("whsec_").max(200).optional().describe("Secret. One is made when it is left out."),
  }),
} as const;

/** `POST /api/channels` */
export const createChannelRequest = z.strictObject({
  kind: channelKind,
  name,
  settings: z.record(z.string().max(40), z.unknown()).describe("By kind: see the notes."),
  severities: severities.default(["P0", "P1", "P2", "P3"]),
  organisations: organisations.default(null).describe("Only alerts of these organisations; null is all."),
  tells_replays: z
    .boolean()
    .default(false)
    .describe("Also the ends of replays that ask for it. PagerDuty takes alerts alone."),
  enabled: z.boolean().default(true),
});

/** `PATCH /api/channels/{id}` */
export const changeChannelRequest = z.strictObject({
  version: z.int().min(1),
  name: name.optional(),
  settings: z
    .record(z.string().max(40), z.unknown())
    .optional()
    .describe("All of them again; a secret that is left out stays."),
  severities: severities.optional(),
  organisations: organisations.optional(),
  tells_replays: z.boolean().optional(),
  enabled: z.boolean().optional(),
});

export const channel = z
  .object({
    id: z.string(),
    kind: channelKind,
    name: z.string(),
    settings: z
      .record(z.string(), z.unknown())
      .describe("Without secrets: {to} of e-mail, {channel} of a Slack bot, {url_host} where there is an address."),
    hints: z.record(z.string(), z.string()).describe("How its secrets end."),
    severities,
    organisations: z.array(z.string()).nullable(),
    tells_replays: z.boolean(),
    enabled: z.boolean(),
    version: z.int(),
    rules: count.describe("How many rules name it."),
    last_sent_at: time.nullable(),
    last_failed_at: time.nullable(),
    failures: count.describe("Since the last success."),
    problem: z.string().nullable(),
  })
  .meta({ id: "Channel" });
export type Channel = z.infer<typeof channel>;
export type ChannelSettings = { [Kind in ChannelKind]: z.infer<(typeof channelSettings)[Kind]> };
export const channels = z.object({
  channels: z.array(channel),
  mail: z.object({ configured: z.boolean(), from: z.string().nullable(), problem: z.string().nullable() }),
});
export type Channels = z.infer<typeof channels>;

/** `POST /api/channels`: the signing secret of a webhook channel is answered this once. */
export const createdChannel = channel.extend({ secret: z.string().nullable() });

/** `POST /api/channels/{id}/test` */
export const channelTest = z.object({
  accepted: z.boolean(),
  outcome: z.string().describe('What the channel answered, such as "Accepted by Slack (200)."'),
});
