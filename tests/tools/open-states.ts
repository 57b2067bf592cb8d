/** For the showroom: opens the incidents of incident-states, and puts each in its state. */
import type postgres from "postgres";
import { addStages, ago, log, numberOf, setSteps, take } from "./incident-rows";
import { STATE_STORIES, type StateStory } from "./incident-states";

type Api = <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>;

/** Opens them; returns their addresses by name. */
export async function openStates(api: Api, sql: postgres.Sql): Promise<Record<string, string>> {
  const pages: Record<string, string> = {};
  for (const [name, story] of Object.entries(STATE_STORIES))
    pages[name] = `/incidents/${await openState(api, sql, story)}`;
  return pages;
}

async function openState(api: Api, sql: postgres.Sql, { title, severity, provider, state, ...story }: StateStory) {
  const { id } = await api<{ id: string }>("POST", "/api/incidents", {
    ...{
      title,
      severity,
      cause: "The log of the host says so. OPS-4790",
      from_ts: ago(100_000_000),
      to_ts: ago(60_000),
    },
    selection: { filter: { provider_slug: [provider] } },
  });
  await take(sql, id, "noor@example.com", "90 minutes");
  await setItems(sql, id, story.items);
  await setSteps(sql, id, story.steps);
  if (story.stages) await addStages(sql, id, story.stages);
  await sql`
    insert into incident_log (incident_id, kind, message, details, actor, actor_id)
    values (${numberOf(id)}, 'verified', 'Verified: every event was compared.', '{"complete": true}', 'Recovery', 'recovery')`;
  await log(sql, id, story.log ?? []);
  const [closed, verifying, reopened] = [
    state === "closed_with_exceptions",
    state !== "recovering",
    state === "reopened",
  ];
  await sql`
    update incidents set state = ${state}::incident_state, recovering_at = ${ago(5_000_000)},
      verifying_at = ${verifying ? ago(4_000_000) : null}, verified_at = ${closed ? ago(2_000_000) : null},
      closed_at = ${closed ? ago(1_700_000) : null}, closed_by = ${closed ? "Administrator" : null},
      reopened_at = ${reopened ? ago(300_000) : null}
    where id = ${numberOf(id)}`;
  return id;
}

/** What is lost was accepted; each says why. */
async function setItems(sql: postgres.Sql, id: string, items: readonly string[]): Promise<void> {
  const proof = [{ delivery_id: 1, destination: "Rows", kind: "rows", attempt_id: null, at: ago(600_000) }];
  await sql`alter table incident_items disable trigger require_proof`;
  await sql`
    update incident_items y set cause = 'failed', state = x.state, proof = case x.state when 'verified' then ${sql.json(proof)} end,
      reason = case x.state when 'still_missing' then 'The row is not there.' when 'unrecoverable' then 'It keeps no texts.' end,
      accepted_by = case x.state when 'unrecoverable' then 'Administrator' end,
      accepted_at = case x.state when 'unrecoverable' then now() end
    from incident_items o
    cross join lateral (select (${items as string[]}::incident_item_state[])[1 + o.position % ${items.length}] as state) x
    where y.incident_id = ${numberOf(id)} and o.incident_id = y.incident_id and o.position = y.position`;
  await sql`alter table incident_items enable trigger require_proof`;
}
