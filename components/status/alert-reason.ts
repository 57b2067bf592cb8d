import type { Alert } from "@/lib/contract/api/alerts";
import { providerName } from "../provider";

/** Why an alert fires, in a sentence. SQL knows a provider by its slug; people know its name. */
export function alertReason({ explain, summary, provider_slug }: Alert): string {
  const text = explain.text || summary;
  return provider_slug && text.startsWith(provider_slug)
    ? providerName(provider_slug) + text.slice(provider_slug.length)
    : text;
}
