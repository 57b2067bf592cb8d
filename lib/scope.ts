/** Whose events somebody may see and act on. SQL enforces it (supabase/schemas/020_scope.sql); here it is only handed on. */
import { Refusal } from "@/lib/refusals";

/** Organisations by their ids; null is all of them, and what belongs to none. An empty list is nothing. */
export type Organisations = readonly string[] | null;

/** Who asks, as far as it decides what there is for them. Every actor is one. */
export interface Scoped {
  organisations: Organisations;
}

/** For what Redrive does by itself. Never for what somebody asked for. */
export const EVERYTHING: Scoped = { organisations: null };

/** The argument that every SQL function takes for whom it answers. */
export function scopeOf({ organisations }: Scoped): { p_scope: Organisations } {
  return { p_scope: organisations };
}

/** What both have: a token has no more than its maker. */
export function commonScope(one: Organisations, other: Organisations): Organisations {
  if (one === null || other === null) return one ?? other;
  return one.filter((organisation) => other.includes(organisation));
}

/** Whether both mean the same organisations, in whatever order. */
export function isSameScope(one: Organisations, other: Organisations): boolean {
  if (one === null || other === null) return one === other;
  return one.length === other.length && one.every((organisation) => other.includes(organisation));
}

/** Whether something of this organisation (null or undefined: of none, or of all) is within the scope. */
export function isWithin({ organisations }: Scoped, organisation: string | null | undefined): boolean {
  return organisations === null || (typeof organisation === "string" && organisations.includes(organisation));
}

/** The refusal for something made or given beyond the asker's own organisations. */
export function beyondScope({ organisations }: Scoped, field: string): Refusal {
  return new Refusal("beyond_scope", { organisations, field });
}
