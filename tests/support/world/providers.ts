/** All providers with an API, as fakes that hold what happened, and their webhooks as they would have sent them. */

import { findProvider } from "@/lib/providers";
import type { ProviderApi } from "@/lib/providers/api";
import type { Provider, RawRequest } from "@/lib/providers/provider";
import { requestOf, type Sender } from "../../fixtures/sign";
import type { Expected, ProviderApiRow, StartedProvider } from "../provider-apis/row";
import { row as chatwoot } from "../provider-apis/rows/chatwoot";
import { row as heyreach } from "../provider-apis/rows/heyreach";
import { row as mitto } from "../provider-apis/rows/mitto";
import { row as shopify } from "../provider-apis/rows/shopify";
import { row as smartlead } from "../provider-apis/rows/smartlead";
import { row as standard } from "../provider-apis/rows/standard";
import { row as stripe } from "../provider-apis/rows/stripe";
import { row as telnyx } from "../provider-apis/rows/telnyx";

const ROWS: readonly ProviderApiRow[] = [chatwoot, heyreach, mitto, shopify, smartlead, standard, stripe, telnyx];
/** Everything happened within these hours, and long enough ago for every provider to have listed it. */
const HOURS = 4;
/** A wrong secret of Stripe, as a person pastes it. */
const WRONG_SECRET = "whsec_ofAnotherEndpointEntirely00";

export interface WorldEvent extends Expected {
  provider: Sender;
}

export interface WorldProvider {
  slug: Sender;
  started: StartedProvider;
  /** By the variables of the environment. */
  environment: Record<string, string>;
  /** Oldest first. */
  events: WorldEvent[];
  /** Ours before the outage, for providers that answer for known ids only. */
  known: RawRequest[];
  /** What a run has to read to see all of it. */
  span: { from_ts: string; to_ts: string };
}

/** Starts the fakes with `count` events in all. */
export async function startProviders(count: number, slugs?: readonly string[]): Promise<WorldProvider[]> {
  const rows = ROWS.filter(({ provider }) => slugs === undefined || slugs.includes(provider));
  const each = Math.ceil(count / rows.length);
  return Promise.all(rows.map((row) => startProvider(row, each)));
}

async function startProvider(row: ProviderApiRow, count: number): Promise<WorldProvider> {
  const { api } = findProvider(row.provider) as Provider & { api: ProviderApi };
  const slug = row.provider as Sender;
  const started = await row.start();
  const credentials = Object.entries(started.credentials).map(([name, value]) => [
    api.credentials[name]?.variable as string,
    value,
  ]);
  // Last: a credential may be the address.
  const environment = { ...Object.fromEntries(credentials), [api.urlVariable]: started.fake.url };
  const stepMs = Math.max(1_000, Math.floor((HOURS * 3_600_000 * 0.97) / count / 1_000) * 1_000);
  const first = Math.floor(Date.now() / 1_000) * 1_000 - api.waitSeconds * 1_000 - HOURS * 3_600_000;
  const events = started
    .seed(Array.from({ length: count }, (_, n) => new Date(first + n * stepMs)))
    .map((expected) => ({ ...expected, provider: slug }));
  const known = (started.ownObjects?.() ?? []).flatMap(({ payload }) => (payload ? [requestOf(slug, payload)] : []));
  const [oldest, newest] = [events[0], events.at(-1)].map((one) => Date.parse(one?.occurredAt ?? ""));
  const span = {
    from_ts: new Date((oldest as number) - 60_000).toISOString(),
    to_ts: new Date((newest as number) + 60_000).toISOString(),
  };
  return { slug, started, environment, events, known, span };
}

/** The webhook as its provider sends it now; undefined where it sends none that we know. */
export function webhookOf({ provider, webhook, key }: WorldEvent, isInWrongSecret = false): RawRequest | undefined {
  if (!webhook) return undefined;
  // Smartlead has its secret in the body.
  const said = provider === "smartlead" ? JSON.parse(webhook.body.toString()) : webhook.body;
  const request = requestOf(provider, said, {
    ...(provider === "standard" && { id: key }),
    ...(isInWrongSecret && { secret: WRONG_SECRET }),
  });
  // Signed now: some rows sign as of the event's time.
  const isSigned = (name: string) => /signature|timestamp|hmac|webhook-id/i.test(name);
  const own = webhook.headers.filter(([name]) => !isSigned(name));
  const named = new Set(own.map(([name]) => name.toLowerCase()));
  const headers = [...request.headers.filter(([name]) => !named.has(name.toLowerCase())), ...own];
  return { ...webhook, ...request, headers };
}
