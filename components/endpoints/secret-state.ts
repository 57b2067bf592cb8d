/** What a provider's endpoint needs, in words. A token is never called a verification. */
import { CircleCheck, CircleMinus, type LucideIcon, TriangleAlert } from "lucide-react";
import type { SourceProvider } from "@/lib/contract/sources";
import { plural } from "../format";

export interface SecretState {
  icon: LucideIcon;
  tone: string;
  words: string;
  /** The name of the variable to set, when that is what is missing. */
  missing?: string;
}

/** `2 secrets configured`, `Set SHOPIFY_WEBHOOK_SECRET`. */
export function secretState(provider: SourceProvider): SecretState {
  const { secrets, token_in_url, allows_unsigned, secrets_variable, sources } = provider;
  const noun = token_in_url ? "token" : "secret";
  if (secrets > 0) {
    return { icon: CircleCheck, tone: "text-green", words: `${plural(secrets, noun)} configured` };
  }
  if (allows_unsigned) {
    return { icon: TriangleAlert, tone: "text-amber", words: "Accepts unsigned requests" };
  }
  if (token_in_url && sources.some(({ enabled }) => enabled)) {
    return { icon: CircleMinus, tone: "text-grey", words: "Own URLs only" };
  }
  return { icon: TriangleAlert, tone: "text-amber", words: `Set ${secrets_variable}`, missing: secrets_variable };
}

export const MAY_NOT_SEND = "Viewers cannot send samples. Ask an administrator for the Support role.";
