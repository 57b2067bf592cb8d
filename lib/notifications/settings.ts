/** Settings of channels: what is a secret, how it is stored, and what is wrong with what a user enters. */
import { z } from "zod";
import { type ChannelKind, type ChannelSettings, channelSettings } from "@/lib/contract/api/channels";
import type { SealedChannel, SealedSecrets } from "@/lib/db/functions/messages";
import { decrypt, encrypt, newSigningSecret } from "@/lib/destinations/secrets";

export const SECRETS: Record<ChannelKind, readonly string[]> = {
  email: [],
  slack: ["webhook_url", "bot_token"],
  teams: ["webhook_url"],
  pagerduty: ["routing_key"],
  webhook: ["url", "secret"],
};

/** How much of a secret is shown, and how long one has to be for that. */
const SHOWN_CHARACTERS = 4;
const SHORTEST_SHOWN = 12;
/** Standard Webhooks: secrets of 24 to 64 bytes. */
const SECRET_BYTES = { least: 24, most: 64 };

export type Secrets = Readonly<Record<string, string>>;

/**
 * What was entered, completed with the secrets that stay. A webhook without a secret gets one. Throws a `ZodError` that names
 * the field.
 */
export function readSettings<Kind extends ChannelKind>(
  kind: Kind,
  given: Record<string, unknown>,
  stored: Secrets = {},
): ChannelSettings[Kind] {
  const staying = Object.entries(stored).filter(([name]) => !(name in given) && !isReplaced(kind, name, given));
  const made = kind === "webhook" && !("secret" in given) && !stored.secret ? { secret: newSigningSecret() } : {};
  const parsed = channelSettings[kind].safeParse({ ...Object.fromEntries(staying), ...made, ...given });
  if (!parsed.success) {
    throw new z.ZodError(parsed.error.issues.map((issue) => ({ ...issue, path: ["settings", ...issue.path] })));
  }
  const problem = problemOf(kind, parsed.data as Record<string, string>);
  if (problem) throw new z.ZodError([{ code: "custom", input: null, ...problem, path: ["settings", ...problem.path] }]);
  return parsed.data as ChannelSettings[Kind];
}

/** A Slack channel posts through a webhook or as a bot: one takes the place of the other. */
function isReplaced(kind: ChannelKind, name: string, given: Record<string, unknown>): boolean {
  if (kind !== "slack") return false;
  return name === "webhook_url" ? "bot_token" in given || "channel" in given : "webhook_url" in given;
}

function problemOf(kind: ChannelKind, values: Record<string, string>): { message: string; path: string[] } | undefined {
  if (kind === "slack") {
    const { webhook_url, bot_token, channel } = values;
    if (webhook_url && (bot_token || channel)) {
      return { message: "enter either a webhook or a bot token with a channel", path: ["webhook_url"] };
    }
    if (!webhook_url && !bot_token)
      return { message: "enter a webhook, or a bot token with a channel", path: ["webhook_url"] };
    if (bot_token && !channel) return { message: "enter the id of the channel", path: ["channel"] };
  }
  if (kind === "webhook") {
    const bytes = Buffer.from((values.secret ?? "").replace(/^whsec_/, ""), "base64").length;
    if (bytes < SECRET_BYTES.least || bytes > SECRET_BYTES.most) {
      return { message: "must be whsec_ and the base64 of 24 to 64 bytes", path: ["secret"] };
    }
  }
  return undefined;
}

/** The address that the settings lead to, if any. */
export function addressIn(settings: object): string | undefined {
  const { url, webhook_url } = settings as Record<string, string | undefined>;
  return url ?? webhook_url;
}

/** In their stored form: secrets encrypted for this channel alone, with hints to recognise them by. */
export function sealSettings(id: number, kind: ChannelKind, values: object) {
  const settings: Record<string, unknown> = {};
  const secrets: SealedSecrets = {};
  const hints: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    if (!SECRETS[kind].includes(name)) {
      settings[name] = value;
      continue;
    }
    secrets[name] = encrypt(value, purposeOf(id, name));
    hints[name] = value.length < SHORTEST_SHOWN ? "…" : `…${value.replace(/=+$/, "").slice(-SHOWN_CHARACTERS)}`;
  }
  const address = addressIn(values);
  if (address) settings.url_host = new URL(address).host;
  return { settings, secrets, hints };
}

/** The secrets of a channel in plain text. Throws `ConfigurationError` when they cannot be decrypted. */
export function openSecrets({ id, secrets }: Pick<SealedChannel, "id" | "secrets">): Secrets {
  const opened = Object.entries(secrets).map(([name, sealed]) => [name, decrypt(sealed, purposeOf(id, name))]);
  return Object.fromEntries(opened);
}

/** All settings of a channel with its secrets. */
export function openSettings({ id, settings, secrets }: SealedChannel): object {
  const { url_host: _, ...rest } = settings;
  return { ...rest, ...openSecrets({ id, secrets }) };
}

const purposeOf = (id: number, name: string) => `channel ${id} ${name}`;
