import type { ChannelKind } from "@/lib/contract/channel-words";

/** What the dialog of each kind says. `fields` are the settings at which it shows what is wrong with them. */
export const KIND_HELP: Record<ChannelKind, { description: string; example: string; fields: readonly string[] }> = {
  email: {
    description: "A mail per alert, and one when it resolves. Mails of one alert are one conversation.",
    example: "On call, by mail",
    fields: ["to"],
  },
  slack: {
    description: "A message in a channel of your Slack workspace.",
    example: "#webhooks-alerts",
    fields: ["webhook_url", "bot_token", "channel"],
  },
  teams: {
    description: "A card in a channel or chat of Microsoft Teams.",
    example: "Platform team",
    fields: ["webhook_url"],
  },
  pagerduty: {
    description: "An incident in PagerDuty that is acknowledged and resolved together with its alert.",
    example: "Payments on call",
    fields: ["routing_key"],
  },
  webhook: {
    description: "A signed request to a program of your own, with the alert as JSON.",
    example: "Status page",
    fields: ["url", "secret"],
  },
};
