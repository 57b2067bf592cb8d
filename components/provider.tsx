import { PROVIDERS, type ProviderFacts } from "@/lib/contract/providers";
import { cn } from "./ui/cn";

const FACTS = new Map<string, ProviderFacts>(PROVIDERS.map((facts) => [facts.slug, facts]));

/** The provider's name. A provider that this console does not know yet is shown by its slug. */
export function providerName(slug: string): string {
  return FACTS.get(slug)?.label ?? slug.charAt(0).toUpperCase() + slug.slice(1);
}

/** The environment variable that holds a provider's secret. */
export function secretVariable(slug: string): string {
  return FACTS.get(slug)?.secretsVariable ?? `${slug.toUpperCase()}_WEBHOOK_SECRET`;
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
      {FACTS.get(slug)?.mark ?? slug.slice(0, 2)}
    </span>
  );
}
