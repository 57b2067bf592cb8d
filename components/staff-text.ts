/** Roles, and whose events a person may see, in words. */
import type { StaffRole } from "@/lib/contract/vocabulary";

export const ROLE_LABELS: Record<StaffRole, { label: string; may: string; you: string }> = {
  viewer: {
    label: "Viewer",
    may: "Can see events, payloads and replays. Cannot make changes.",
    you: "You can see events, payloads and replays.",
  },
  support: {
    label: "Support",
    may: "Can also replay or resolve selected events, and pause or test destinations.",
    you: "You can see events, replay selected events, and pause or test destinations.",
  },
  admin: {
    label: "Administrator",
    may: "Can also replay all events that match a filter, and manage destinations, sources, people and tokens.",
    you: "You can do everything here.",
  },
};

/** `all organisations`, `acme and globex only`, `acme, globex and 3 more only`. */
export function scopeText(organisations: readonly string[] | null): string {
  if (organisations === null) return "all organisations";
  const [first, second, ...more] = organisations;
  if (first === undefined) return "no organisation";
  if (second === undefined) return `${first} only`;
  return more.length === 0 ? `${first} and ${second} only` : `${first}, ${second} and ${more.length} more only`;
}
