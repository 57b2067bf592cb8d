/** The registry of providers: one line each. */
import { chatwoot } from "./chatwoot/index";
import { heyreach } from "./heyreach/index";
import { mitto } from "./mitto/index";
import { platform } from "./platform/index";
import type { Provider } from "./provider";
import { shopify } from "./shopify/index";
import { smartlead } from "./smartlead/index";
import { standard } from "./standard/index";
import { stripe } from "./stripe/index";
import { telnyx } from "./telnyx/index";

export const providers = {
  stripe,
  telnyx,
  chatwoot,
  shopify,
  mitto,
  smartlead,
  heyreach,
  standard,
  platform,
} as const satisfies Readonly<Record<string, Provider>>;

/** Providers that post to an endpoint. The others publish through our own API. */
export const senders: readonly Provider[] = Object.values<Provider>(providers).filter(({ published }) => !published);

/** The provider of a URL's slug. Own properties only: `__proto__` and `constructor` are no providers. */
export function findProvider(slug: string): Provider | undefined {
  return Object.hasOwn(providers, slug) ? providers[slug as keyof typeof providers] : undefined;
}
