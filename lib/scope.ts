/** Whose events a caller may see and act on. SQL enforces it (supabase/schemas/020_scope.sql); here it is only passed on. */
import { Refusal } from "@/lib/refusals";

/** Organisations by their ids; null is all of them, and also what belongs to none. An empty list is nothing. */
export type Organisations = readonly string[] | null;

/** The part of a caller that decides what they may see. Every actor has it. */
export interface Scoped {
  organisations: Organisations;
}

/** For what Redrive does by itself. Never for what a user asked for. */
export const EVERYTHING: Scoped = { organisations: null };

/** The argument of every SQL function that answers within a scope. */
export function scopeOf({ organisations }: Scoped): { p_scope: Organisations } {
  return { p_scope: organisations };
}

/** The organisations in both: a token has no more than its maker. */
export function commonScope(one: Organisations, other: Organisations): Organisations {
  if (one === null || other === null) return one ?? other;
  return one.filter((organisation) => other.includes(organisation));
}

/** Whether both have the same organisations, in any order. */
export function isSameScope(one: Organisations, other: Organisations): boolean {
  if (one === null || other === null) return one === other;
  return one.length === other.length && one.every((organisation) => other.includes(organisation));
}

/** Whether an object of this organisation (null or undefined: of none, or of all) is within the scope. */
export function isWithin({ organisations }: Scoped, organisation: string | null | undefined): boolean {
  return organisations === null || (typeof organisation === "string" && organisations.includes(organisation));
}

/** The refusal when an object is made for, or given to, an organisation outside of the caller's scope. */
export function beyondScope({ organisations }: Scoped, field: string): Refusal {
  return new Refusal("beyond_scope", { organisations, field });
}
