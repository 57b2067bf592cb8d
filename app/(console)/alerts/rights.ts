import type { AlertRights } from "@/components/alerts/rights";
import { mayActor } from "@/lib/auth/permissions";
import type { Person } from "@/lib/auth/session";
import { listStaff } from "@/lib/queries/staff";

/** What the reader of these pages may do, as their components explain it. The API decides. */
export async function rightsOf(actor: Person): Promise<AlertRights> {
  const mayManage = mayActor(actor, "manage");
  const staff = await listStaff({ organisations: null });
  return {
    mayHandle: mayActor(actor, "alert"),
    mayOpenIncident: mayActor(actor, "incident"),
    mayManage,
    // Only those who manage the staff may see who belongs to it.
    people: mayManage ? staff.filter(({ status }) => status === "active").map(({ email }) => email) : [],
    email: staff.find(({ id }) => id === actor.id)?.email ?? null,
  };
}
