/** Who may send: one line per provider. */
import { chatwoot } from "./chatwoot";
import { platform } from "./platform";
import type { Provider } from "./provider";
import { standard } from "./standard";
import { stripe } from "./stripe";
import { telnyx } from "./telnyx";

export const providers: Readonly<Record<string, Provider>> = {
  stripe,
  telnyx,
  chatwoot,
  standard,
  platform,
};

/** The provider of a URL's slug. Own names only: `__proto__` and `constructor` are nobody. */
export function findProvider(slug: string): Provider | undefined {
  return Object.hasOwn(providers, slug) ? providers[slug] : undefined;
}
