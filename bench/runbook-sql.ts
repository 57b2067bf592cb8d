/**
 * How long does the SQL of runbooks 002, 003 and 004 take, statement by statement, as it is written there, on a million events?
 * Selects with a limit or a window are to take milliseconds. Runbook 003's list of all dead letters and 004's delete have
 * neither: they take as long as there are dead letters.
 *
 *   npm run bench:runbook-sql [-- 1000000]
 */
import postgres from "postgres";
import { migrate } from "../lib/db/migrate";
import { startThrowawayPostgres } from "../lib/db/throwaway";
import { statementsOf } from "../tests/support/runbook-sql";
import { seedHistory } from "./history-seed";

const EVENTS = Number(process.argv[2] ?? 1_000_000);
const TIMES = 5;
const MOST_MS = 250;

const cluster = await startThrowawayPostgres();
try {
  const url = await cluster.create("bench");
  await migrate(url, () => {});
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await seedHistory(sql, EVENTS);
  await sql`analyze`;
  const [failed] = await sql`select id from events where status = 'dead' order by received_at desc limit 1`;
  let isSlow = false;
  for (const runbook of ["002", "003", "004"] as const) {
    for (const statement of statementsOf(runbook, Number(failed?.id))) {
      const isBounded = /\blimit\b|interval|where id =/i.test(statement) && !/^delete/i.test(statement);
      const { ms, rows } = await timed(sql, statement);
      const [first = ""] = statement.replaceAll(/\s+/g, " ").match(/^.{0,90}/) ?? [];
      console.log(`${runbook}  ${ms.toFixed(1).padStart(8)} ms  ${String(rows).padStart(6)} rows  ${first}`);
      if (isBounded && ms > MOST_MS) isSlow = true;
    }
  }
  await sql.end();
  process.exitCode = isSlow ? 1 : 0;
} finally {
  await cluster.remove();
}

/** The median of some runs; what changes rows is run once. */
async function timed(sql: postgres.Sql, statement: string): Promise<{ ms: number; rows: number }> {
  const times: number[] = [];
  let rows = 0;
  for (let n = 0; n < (/^(update|delete)/i.test(statement) ? 1 : TIMES); n += 1) {
    const started = performance.now();
    rows = (await sql.unsafe(statement)).count;
    times.push(performance.now() - started);
  }
  return { ms: times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN, rows };
}
