import type { StaffMember } from "@/lib/contract/staff";
import { call } from "@/lib/db/client";
import { type Scoped, scopeOf } from "@/lib/scope";

/** People whose organisations are within the caller's, those who can sign in first. */
export function listStaff(asker: Scoped): Promise<StaffMember[]> {
  return call("console", "list_staff", scopeOf(asker));
}
