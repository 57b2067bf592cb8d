/** What people read, on a database with a long history: first pages, searches, counts, groups, and a preview. */
import type postgres from "postgres";
import { openApi } from "../../tests/support/api-desk";
import { FILTERS } from "./filters";
import { atMost, type Goal, median, number, type Report } from "./report";

const READINGS = 7;
const PREVIEWED = 500;

interface Read {
  name: string;
  /** Milliseconds. */
  limit: number;
  read(): PromiseLike<unknown>;
}

/** Reads each some times, and compares the median with its limit. The first reading fills the caches and does not count. */
export async function timeReads(sql: postgres.Sql): Promise<Report> {
  const rows: string[][] = [];
  const goals: Goal[] = [];
  for (const { name, limit, read } of [...pagesOf(sql), ...(await countsOf(sql))]) {
    const took: number[] = [];
    for (let n = 0; n <= READINGS; n += 1) {
      const started = performance.now();
      await read();
      if (n > 0) took.push(performance.now() - started);
    }
    rows.push([name, number(median(took)), number(Math.max(...took)), number(limit)]);
    goals.push(atMost(name, limit, median(took), " ms"));
  }
  const missed = goals.filter(({ met }) => !met);
  const together = {
    what: "reads within their limits",
    goal: "all",
    figure: `${goals.length - missed.length} of ${goals.length}`,
  };
  return {
    title: "Scale: reads",
    head: ["read", "median ms", "longest ms", "limit ms"],
    rows,
    goals: [{ ...together, met: missed.length === 0 }, ...missed],
  };
}

/** In Postgres: a page of the history for each filter that people set. */
function pagesOf(sql: postgres.Sql): Read[] {
  return Object.entries(FILTERS).map(([name, filter]) => ({
    name: `first page: ${name}`,
    // Search for a key, and text in payloads, have limits of their own.
    limit: filter.q ? 50 : filter.text ? 1_000 : 30,
    read: () => sql`select list_events(${sql.json(filter)}, 50, null, null)`,
  }));
}

async function countsOf(sql: postgres.Sql): Promise<Read[]> {
  const ask = await openApi();
  const get = async (path: string) => {
    const { status, text } = await ask("GET", path);
    if (status !== 200) throw new Error(`${path} was answered ${status}: ${text}`);
  };
  const day = sql.json({ text: "nowhere", range: "24h" });
  const reads: Read[] = [
    { name: "text of a day's payloads", limit: 1_000, read: () => sql`select list_events(${day}, 50, null, null)` },
    {
      name: "histogram of 30 days",
      limit: 100,
      read: () => sql`select read_event_histogram('{"range": "30d"}', null)`,
    },
    {
      name: "counts per type, 30 days",
      limit: 100,
      read: () => sql`select count_event_types('{"range": "30d"}', null)`,
    },
    { name: "overview of 30 days", limit: 100, read: () => get("/api/webhooks/analytics?range=30d") },
    { name: "groups of dead letters", limit: 50, read: () => get("/api/dead-letters") },
  ];
  const body = {
    selection: { filter: { status: ["processed"], range: "7d" }, limit: PREVIEWED },
    reason: "How long a preview takes",
    draft: true,
  };
  const draft = await ask("POST", "/api/webhooks/replays", body);
  if (draft.status >= 300) throw new Error(`The draft of a replay was answered ${draft.status}: ${draft.text}`);
  const preview = `/api/webhooks/replays/${draft.body.id}/preview`;
  return [...reads, { name: `preview of ${PREVIEWED}`, limit: 300, read: () => get(preview) }];
}
