/** How a drill is recovered by the API, as a person with a shell would. */
import { until } from "../support/processes";
import type { Room } from "./drill";

const LIMIT_MS = 600_000;

/** A run per source over what happened, a back-fill of all that it found, and a second run that finds nothing. */
export async function reconcileAll(room: Room): Promise<void> {
  for (const { slug, span } of room.world.providers) {
    const run = await checkWindow(room, slug, span);
    const { missing, rejected, not_subscribed, drifted, undelivered } = run.counts;
    if (missing + rejected + not_subscribed + drifted + undelivered > 0) {
      const asked = await room.ask("POST", `/api/reconciliations/${run.id}/back-fill`, {
        all: true,
        reason: "Drill: what never arrived",
      });
      if (asked.status >= 300) throw new Error(`The back-fill answered ${asked.status}: ${asked.text}`);
      await replayEnded(room, asked.body.replay_id ?? asked.body.id);
    }
    const again = await checkWindow(room, slug, span);
    if (again.counts.missing > 0) throw new Error(`${slug}: ${again.counts.missing} are still missing.`);
  }
}

/** A replay of every dead letter, with a canary. */
export async function replayDead(room: Room): Promise<void> {
  const asked = await room.ask("POST", "/api/webhooks/replays", {
    selection: { filter: { status: ["dead"] } },
    reason: "Drill: the endpoint is back",
    options: { canary: 5, stopOnFailureRate: 0.2 },
  });
  if (asked.status !== 202) throw new Error(`The replay answered ${asked.status}: ${asked.text}`);
  await replayEnded(room, asked.body.replay_id ?? asked.body.id);
}

async function checkWindow(room: Room, slug: string, span: { from_ts: string; to_ts: string }) {
  const asked = await room.ask("POST", "/api/reconciliations", { provider_slug: slug, ...span });
  if (asked.status !== 202) throw new Error(`${slug}: the run answered ${asked.status}: ${asked.text}`);
  const path = `/api/reconciliations/${asked.body.reconciliation_id}`;
  let run = asked.body;
  const hasEnded = async () => {
    run = (await room.ask("GET", path)).body;
    return run.status !== "queued" && run.status !== "running";
  };
  await until(`the run of ${slug} has ended`, hasEnded, LIMIT_MS);
  if (run.status !== "completed") throw new Error(`${slug}: the run is ${run.status}: ${run.reason}`);
  return run;
}

async function replayEnded(room: Room, id: string): Promise<void> {
  const path = `/api/webhooks/replays/${id}`;
  const hasEnded = async () => /^(completed|stopped|cancelled)$/.test((await room.ask("GET", path)).body.status);
  await until(`replay ${id} has ended`, hasEnded, LIMIT_MS);
  await room.desk.settle();
}
