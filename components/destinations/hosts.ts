import type { Destination } from "@/lib/contract/destinations";

/** The target in a few words: the host of its URL, or that it writes into our own tables. */
export function hostOf({ kind, url }: Pick<Destination, "kind" | "url">): string {
  if (kind === "tables") return "Tables in this database";
  return (url && hostIn(url)) ?? url ?? "unknown";
}

/** The host with its port; null for an invalid URL. */
export function hostIn(url: string): string | null {
  return URL.canParse(url) ? new URL(url).host : null;
}
