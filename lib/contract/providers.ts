/** Every provider as the console shows it. Generated from lib/providers by `npm run providers`: do not edit it. */

export interface ProviderFacts {
  slug: string;
  label: string;
  /** Two letters. */
  mark: string;
  /** The environment variable that holds its secret. Null for what is published through the API and has no endpoint. */
  secretsVariable: string | null;
}

// biome-ignore format: one line each
export const PROVIDERS: readonly ProviderFacts[] = [
  { slug: "stripe", label: "Stripe", mark: "St", secretsVariable: "STRIPE_WEBHOOK_SECRET" },
  { slug: "telnyx", label: "Telnyx", mark: "Te", secretsVariable: "TELNYX_PUBLIC_KEY" },
  { slug: "chatwoot", label: "Chatwoot", mark: "Cw", secretsVariable: "CHATWOOT_WEBHOOK_SECRET" },
  { slug: "shopify", label: "Shopify", mark: "Sh", secretsVariable: "SHOPIFY_WEBHOOK_SECRET" },
  { slug: "mitto", label: "Mitto", mark: "Mi", secretsVariable: "MITTO_URL_TOKEN" },
  { slug: "smartlead", label: "Smartlead", mark: "Sl", secretsVariable: "SMARTLEAD_WEBHOOK_SECRET" },
  { slug: "heyreach", label: "HeyReach", mark: "Hr", secretsVariable: "HEYREACH_URL_TOKEN" },
  { slug: "standard", label: "Standard Webhooks", mark: "Sw", secretsVariable: "STANDARD_WEBHOOK_SECRET" },
  { slug: "platform", label: "Platform", mark: "Pl", secretsVariable: null },
];
