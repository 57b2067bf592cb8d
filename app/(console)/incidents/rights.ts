import type { IncidentRights } from "@/components/incidents/rights";
import { mayActor } from "@/lib/auth/permissions";
import type { Person } from "@/lib/auth/session";
import { listStaff } from "@/lib/queries/staff";

/** What the reader of these pages may do, as their components explain it. The API decides. */
export async function rightsOf(actor: Person): Promise<IncidentRights> {
  const staff = await listStaff({ organisations: null });
  const mayManage = mayActor(actor, "manage");
  return {
    mayHandle: mayActor(actor, "incident"),
    mayDecide: mayActor(actor, "replay_many"),
    email: staff.find(({ id }) => id === actor.id)?.email ?? null,
    name: actor.name,
    // Only those who manage the staff may see who belongs to it.
    people: mayManage ? staff.filter(({ status }) => status === "active").map(({ email }) => email) : [],
  };
}
