/**
 * The providers and event types that a filter names, as they are stored. A word that no provider sends would find nothing,
 * which a caller could mistake for good news.
 */
import type { EventFilter } from "@/lib/contract/event-filter";
import { call } from "@/lib/db/client";
import { findProvider, providers } from "@/lib/providers";
import type { Provider } from "@/lib/providers/provider";
import { UNKNOWN_TYPE } from "@/lib/providers/shape";
import { Refusal } from "@/lib/refusals";
import { type Scoped, scopeOf } from "@/lib/scope";

type Words = Pick<EventFilter, "provider_slug" | "event_type">;

/**
 * The same filter with the provider's own names: `reply` also finds `EMAIL_REPLY`, in any case of letters. Throws a `Refusal`
 * that lists what there is for a provider or a type that no provider sends and no stored event has.
 */
export async function withKnownWords<Filter extends Words>(filter: Filter, asker: Scoped): Promise<Filter> {
  const slugs = filter.provider_slug?.map(slugOf);
  for (const slug of slugs ?? []) await requireProvider(slug, asker);
  const words = filter.event_type?.split(",").filter(Boolean);
  if (!words?.length) return slugs ? { ...filter, provider_slug: slugs } : filter;

  const candidates = slugs ? slugs.map(findProvider) : Object.values<Provider>(providers);
  const types: string[] = [];
  for (const word of words) {
    const found = [...new Set([word, ...candidates.flatMap((one) => typesMeantBy(word, one))])];
    if (found.length === 1 && !candidates.some((one) => mayBeType(word, one))) {
      await requireStoredType(word, { slugs, candidates }, asker);
    }
    types.push(...found);
  }
  return { ...filter, ...(slugs && { provider_slug: slugs }), event_type: [...new Set(types)].join(",") };
}

function slugOf(given: string): string {
  const slug = given.trim().toLowerCase();
  return findProvider(slug) ? slug : given;
}

async function requireProvider(slug: string, asker: Scoped): Promise<void> {
  if (findProvider(slug) || (await isStored({ provider_slug: [slug] }, asker))) return;
  throw new Refusal("no_such_provider", { slug, known: Object.keys(providers) });
}

function typesMeantBy(word: string, provider: Provider | undefined): readonly string[] {
  const plain = word.trim().toLowerCase();
  const known = knownTypes(provider).filter((type) => type.toLowerCase() === plain);
  const { aliases = {} } = provider?.eventTypes ?? {};
  return [...known, ...(Object.hasOwn(aliases, plain) ? (aliases[plain] ?? []) : [])];
}

function mayBeType(word: string, provider: Provider | undefined): boolean {
  if (!provider?.eventTypes || word === UNKNOWN_TYPE) return true;
  return knownTypes(provider).includes(word) || (provider.eventTypes.form?.test(word) ?? false);
}

function knownTypes(provider: Provider | undefined): readonly string[] {
  return provider?.eventTypes?.known ?? Object.keys(provider?.projections ?? {});
}

async function requireStoredType(
  type: string,
  { slugs, candidates }: { slugs: string[] | undefined; candidates: (Provider | undefined)[] },
  asker: Scoped,
): Promise<void> {
  if (await isStored({ ...(slugs && { provider_slug: slugs }), event_type: type }, asker)) return;
  const known = candidates.flatMap((provider) => [
    ...knownTypes(provider),
    ...Object.keys(provider?.eventTypes?.aliases ?? {}),
  ]);
  throw new Refusal("unknown_event_type", { type, providers: slugs ?? [], known });
}

async function isStored(filter: EventFilter, asker: Scoped): Promise<boolean> {
  const args = { p_filter: filter, p_limit: 1, p_cursor: null, p_after: null, ...scopeOf(asker) };
  return (await call("console", "list_events", args)).events.length > 0;
}
