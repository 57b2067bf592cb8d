/** Works on incidents in the process of a test, as a worker does, until nothing is left for it to do. */
import type postgres from "postgres";
import type { Incident } from "@/lib/contract/api/incidents";
import { call } from "@/lib/db/client";
import { advanceIncidents } from "@/lib/incidents/run";
import { requireIncident } from "@/lib/queries/incidents";
import { EVERYTHING } from "@/lib/scope";
import { deliverAndSettle, workOnRuns } from "./reconciling";

/** More rounds than any recovery of a test takes. */
const MOST_TURNS = 300;

/** Recovers and verifies until every incident waits for a person, has stopped, or is closed. */
export async function workOnIncidents(sql: postgres.Sql): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    if (!(await hasWork(sql))) return;
    await turnOnce(sql);
  }
  throw new Error("The incidents do not come to an end.");
}

/** One turn of everything that a worker does; pauses are over at once. */
export async function turnOnce(sql: postgres.Sql): Promise<void> {
  await sql`update incidents set due_at = now_() where due_at > now_()`;
  await advanceIncidents();
  await workOnRuns(sql);
  await deliverAndSettle();
}

/** Until the incident is as `is` says: what a person would see on its page. */
export async function workUntil(sql: postgres.Sql, id: string, is: (incident: Incident) => boolean): Promise<Incident> {
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const found = await requireIncident(id, EVERYTHING);
    if (is(found)) return found;
    await turnOnce(sql);
  }
  throw new Error(`${id} did not come so far: ${JSON.stringify((await requireIncident(id, EVERYTHING)).steps)}`);
}

export function stepOf({ steps }: Incident, name: Incident["steps"][number]["step"]): Incident["steps"][number] {
  const found = steps.find(({ step }) => step === name);
  if (!found) throw new Error(`There is no step ${name}.`);
  return found;
}

/** A lease that a killed worker leaves behind is over at once. */
export async function killWorker(sql: postgres.Sql): Promise<void> {
  await sql`update incidents set lease_until = now_() - interval '1 second' where lease_until is not null`;
}

export async function claimNow(sql: postgres.Sql) {
  await sql`update incidents set due_at = now_(), lease_until = null`;
  return call("pipeline", "claim_incidents", { p_limit: 4, p_lease_seconds: 30 });
}

async function hasWork(sql: postgres.Sql): Promise<boolean> {
  const [row] = await sql`select exists (select from incidents i where is_recovery_active(i)) as active`;
  return row?.active === true;
}
