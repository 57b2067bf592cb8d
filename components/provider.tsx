import { cn } from "./ui/cn";

interface Face {
  name: string;
  /** Two letters: a mark that is ours to draw. */
  mark: string;
  /** The environment variable that holds its secret. */
  secret?: string;
}

const FACES: Record<string, Face> = {
  stripe: { name: "Stripe", mark: "St", secret: "STRIPE_WEBHOOK_SECRET" },
  telnyx: { name: "Telnyx", mark: "Te", secret: "TELNYX_PUBLIC_KEY" },
  chatwoot: { name: "Chatwoot", mark: "Cw", secret: "CHATWOOT_WEBHOOK_SECRET" },
  shopify: { name: "Shopify", mark: "Sh", secret: "SHOPIFY_WEBHOOK_SECRET" },
  mitto: { name: "Mitto", mark: "Mi", secret: "MITTO_URL_TOKEN" },
  smartlead: { name: "Smartlead", mark: "Sl", secret: "SMARTLEAD_WEBHOOK_SECRET" },
  heyreach: { name: "HeyReach", mark: "Hr", secret: "HEYREACH_URL_TOKEN" },
  standard: { name: "Standard Webhooks", mark: "Sw", secret: "STANDARD_WEBHOOK_SECRET" },
  platform: { name: "Platform", mark: "Pl" },
};

/** Every provider, for lists to choose from. */
export const PROVIDERS = Object.keys(FACES);

/** Those who post to a door of ours; the others are published through the API. */
export const SENDERS = PROVIDERS.filter((slug) => FACES[slug]?.secret);

export function providerName(slug: string): string {
  return FACES[slug]?.name ?? slug.charAt(0).toUpperCase() + slug.slice(1);
}

/** The environment variable that holds a provider's secret. */
export function secretVariable(slug: string): string {
  return FACES[slug]?.secret ?? `${slug.toUpperCase()}_WEBHOOK_SECRET`;
}

/** A small neutral tile with two letters: colour belongs to status. */
export function ProviderMark({ slug, className }: { slug: string; className?: string }) {
  return (
    <span
      role="img"
      aria-label={providerName(slug)}
      title={providerName(slug)}
      className={cn(
        "inline-grid size-5 shrink-0 place-items-center rounded-sm bg-hover font-medium font-mono text-quiet text-xs ring-1 ring-line ring-inset",
        className,
      )}
    >
      {FACES[slug]?.mark ?? slug.slice(0, 2)}
    </span>
  );
}
