/**
 * What can one hostile caller do to everybody else? 50 genuine, signed webhooks per second of six providers, over a history
 * of 100,000 events; in every other turn a caller of `hostile-callers.ts` runs at the same time, each kind in its turn.
 * Turns with and without one alternate, so that whatever else the machine does falls on both. Fails when the p99 of a
 * genuine webhook is more than three times that of the turns before and after, when one is not taken, or when the server's
 * memory passes 600 MB. The control is the same caller talking to a server that does nothing, during the same webhooks: what
 * it costs them is the caller's own use of this machine. It is printed and does not change the result.
 *
 *   npm run bench:hostile                       every kind, about ten minutes; loopback only; Linux
 *   npm run bench:hostile -- "forged signatures"   only these
 *
 * Long because it is one story: the turns, what is measured in each, and how it is printed.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import postgres from "postgres";
import { ROOT } from "../lib/db/supabase-cli";
import { type RunningApp, startApp } from "../tests/support/app";
import setup from "../tests/support/global-setup";
import { createTestDatabase } from "../tests/support/postgres";
import { APP_ENVIRONMENT, appEnvironment, tokenFor } from "../tests/support/processes";
import { startAgentSdk } from "../tests/tools/agent-sdk";
import { seedHistory } from "./history-seed";
import { KINDS } from "./hostile-callers";
import { startControl } from "./hostile-control";
import { genuineTraffic, NEVER, type Taken } from "./hostile-genuine";
import { parentOf, secondsOf } from "./support/cpu";

const HISTORY = 100_000;
/** A p99 is the fifth worst of 500 webhooks, and the tenth worst of 1,000. */
const CALM_SECONDS = 10;
const HOSTILE_SECONDS = 20;
const CONTROL_SECONDS = 8;
/** Until the code that webhooks run through is compiled, and so are the pages. */
const WARM_UP_SECONDS = 10;
const MOST_RATIO = 3;
const MOST_MEMORY_MB = 600;
/** A server that has not recovered after so long is started anew, so that one kind is not measured as the next. */
const RECOVERS_WITHIN_MS = 15_000;

const kinds = Object.keys(KINDS).filter((kind) => process.argv.length < 3 || process.argv.includes(kind));
if (kinds.length === 0) throw new Error(`The kinds are: ${Object.keys(KINDS).join(", ")}.`);
if (!existsSync("/proc/self/status"))
  throw new Error("The server's memory is read from /proc: this bench runs on Linux.");

// Stopping the bench stops its server, too.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
// Each server and each caller is killed with us.
process.setMaxListeners(100);
const teardown = await setup();
const database = await createTestDatabase();
const sql = postgres(database.url, { max: 2, onnotice: () => {} });
const agent = await startAgentSdk({ port: 0, secret: APP_ENVIRONMENT.AGENT_SDK_SECRET });
const control = await startControl();
const postmaster = parentOf((await sql`select pg_backend_pid() as pid`)[0]?.pid);
let app: RunningApp | undefined;
let token = "";
const rows: Row[] = [];
try {
  await seedHistory(sql, HISTORY);
  app = await start();
  let before = await turn(CALM_SECONDS);
  for (const kind of kinds) {
    const idle = await turn(CONTROL_SECONDS, kind, control.url);
    const beside = await turn(HOSTILE_SECONDS, kind);
    const recovered = await recovers(app);
    if (!recovered) {
      await app.kill();
      app = await start();
      await recovers(app);
    }
    const after = await turn(CALM_SECONDS);
    // The better of the two, so that what a caller leaves behind cannot excuse the caller.
    const calm = p99(before.taken) < p99(after.taken) ? before : after;
    const calmer = [p99(before.taken), p99(after.taken)].sort((a, b) => a - b);
    rows.push({ kind, calm, spread: calmer, control: p99(idle.taken), recovered, ...beside });
    print(rows.at(-1) as Row);
    before = after;
  }
} finally {
  await app?.stop();
  control.stop();
  await agent.close();
  await sql.end({ timeout: 1 });
  await database.drop();
  await teardown?.();
}
const broken = rows.filter((row) => verdict(row) !== "");
console.log(`\n${rows.length - broken.length} of ${rows.length} kinds within ${MOST_RATIO} × and ${MOST_MEMORY_MB} MB`);
process.exit(broken.length > 0 ? 1 : 0);

interface Turn {
  taken: Taken[];
  /** Milliseconds from the receipt of each genuine event to its rows; NEVER for those that have none yet. */
  rows: number[];
  memoryMb: number;
  health: { asked: number; failed: number };
  /** What the hostile caller heard. */
  answers: Record<string, number>;
  /** In shares of a core. */
  cpu: { server: number; postgres: number };
}

interface Row extends Turn {
  kind: string;
  calm: Turn;
  /** The p99 of the turns before and after, the smaller first: how far figures of this run can be told apart. */
  spread: number[];
  /** The p99 while the same caller talks to the control. */
  control: number;
  recovered: boolean;
}

async function start(): Promise<RunningApp> {
  const started = await startApp({ env: appEnvironment(agent, { DATABASE_URL: database.url }) });
  // Written into the app's database by the process that started it: the callers are others.
  token ||= await tokenFor("viewer", "60m");
  for (const path of ["/sign-in", "/api/auth/csrf", "/api/audit"]) {
    await fetch(new URL(path, started.url)).then((response) => response.arrayBuffer());
  }
  await genuineTraffic(started.url, WARM_UP_SECONDS);
  return started;
}

/** `target` is whom the caller talks to, when it is not the server. */
async function turn(seconds: number, kind?: string, target?: string): Promise<Turn> {
  const { url, pid } = app as RunningApp;
  const watch = watching(url, pid);
  const cpuNow = () => secondsOf({ server: pid, postgres: postmaster });
  const [started, before] = [performance.now(), cpuNow()];
  const caller = kind === undefined ? undefined : startCaller(kind, target ?? url, seconds);
  // A moment in which the caller starts.
  if (caller) await pause(1_000);
  const taken = await genuineTraffic(url, caller ? seconds - 1 : seconds, caller);
  const answers = await caller;
  const watched = await watch.end();
  const [took, after] = [(performance.now() - started) / 1000, cpuNow()];
  const cpu = {
    server: (after.server - before.server) / took,
    postgres: (after.postgres - before.postgres) / took,
  };
  return { taken, rows: await rowTimes(taken), answers: answers ?? {}, cpu, ...watched };
}

function startCaller(kind: string, url: string, seconds: number): Promise<Record<string, number>> {
  const child = spawn(process.execPath, ["--import", "tsx", "bench/hostile-callers.ts", kind, url, String(seconds)], {
    cwd: ROOT,
    env: { ...process.env, BENCH_DATABASE_URL: database.url, BENCH_TOKEN: token },
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    printed += chunk;
  });
  return new Promise((resolve) => {
    const late = setTimeout(() => child.kill("SIGKILL"), (seconds + 20) * 1000);
    child.once("close", () => {
      clearTimeout(late);
      resolve(JSON.parse(printed.trim() || "{}"));
    });
  });
}

/** Reads the server's memory ten times a second, and asks for its health once. */
function watching(url: string, pid: number) {
  let memory = 0;
  const health = { asked: 0, failed: 0 };
  const look = setInterval(() => {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    memory = Math.max(memory, Number(kilobytes));
  }, 100);
  const ask = setInterval(() => {
    health.asked += 1;
    healthOf(url).then((well) => {
      if (!well) health.failed += 1;
    });
  }, 1_000);
  return {
    async end() {
      clearInterval(look);
      clearInterval(ask);
      return { memoryMb: Math.round(memory / 1024), health };
    },
  };
}

function healthOf(url: string, withinMs = 5_000): Promise<boolean> {
  return fetch(`${url}/api/webhooks/health`, { signal: AbortSignal.timeout(withinMs) }).then(
    (response) => response.status === 200,
    () => false,
  );
}

/** True when the server answers at once again, with nothing of the caller's left to do. */
async function recovers({ url }: RunningApp): Promise<boolean> {
  for (const giveUp = Date.now() + RECOVERS_WITHIN_MS; Date.now() < giveUp; await pause(250)) {
    const [open] =
      await sql`select count(*)::int as count from deliveries where status in ('pending', 'claimed') and due_at < now()`;
    if ((await healthOf(url, 300)) && open?.count < 20) return true;
  }
  return false;
}

/** Waits for the rows of what was taken, for two seconds at most. */
async function rowTimes(taken: Taken[]): Promise<number[]> {
  const ids = taken.flatMap((one) => (one.event === undefined ? [] : [one.event]));
  for (let look = 0; ; look += 1) {
    const found = await sql<{ ms: number | null }[]>`
      select extract(epoch from d.finished_at - e.received_at)::float8 * 1000 as ms
      from events e join deliveries d on d.event_id = e.id join destinations t on t.id = d.destination_id
      where t.kind = 'tables' and e.id = any(${ids}::bigint[])`;
    if (look === 8 || found.every((row) => row.ms !== null)) return found.map((row) => row.ms ?? NEVER);
    await pause(250);
  }
}

function print(row: Row): void {
  const ms = (value: number) => (value >= NEVER ? "never" : `${value.toFixed(0)} ms`).padStart(8);
  const calm = row.calm.taken.map((one) => one.ms);
  const beside = row.taken.map((one) => one.ms);
  if (rows.length === 1) {
    console.log(
      "                            without a caller │ beside it                                │ rows, p50 / p99",
    );
    console.log(
      "kind                             p50      p99 │     p50      p99   ratio      RSS  health │  without → beside",
    );
  }
  const { asked, failed } = row.health;
  const rowsOf = (times: number[]) => `${ms(quantile(times, 0.5)).trim()} / ${ms(quantile(times, 0.99)).trim()}`;
  console.log(
    `${row.kind.padEnd(27)}${ms(quantile(calm, 0.5))} ${ms(quantile(calm, 0.99))} │${ms(quantile(beside, 0.5))} ${ms(quantile(beside, 0.99))} ` +
      `${ratio(row).toFixed(1).padStart(7)} ${`${row.memoryMb} MB`.padStart(8)} ${`${asked - failed}/${asked}`.padStart(7)} │ ` +
      `${rowsOf(row.calm.rows)} → ${rowsOf(row.rows)}`,
  );
  console.log(
    `    genuine: ${tally(row.taken.map((one) => one.answer))}; the caller heard: ${countsOf(row.answers)}${row.recovered ? "" : "; did not recover, started anew"}`,
  );
  const [least = 0, most = 0] = row.spread;
  const shares = ({ server, postgres }: Turn["cpu"]) =>
    `${(server * 100).toFixed(0)} % + ${(postgres * 100).toFixed(0)} %`;
  console.log(
    `    p99 of the turns without it ${ms(least).trim()} and ${ms(most).trim()}, beside the control ${ms(row.control).trim()} ` +
      `(${(row.control / p99(row.calm.taken)).toFixed(1)} ×); a core's share of server + Postgres ${shares(row.calm.cpu)} → ${shares(row.cpu)}`,
  );
  const wrong = verdict(row);
  if (wrong) console.log(`    too much: ${wrong}`);
}

function verdict(row: Row): string {
  const wrong: string[] = [];
  if (ratio(row) > MOST_RATIO) wrong.push(`p99 is ${ratio(row).toFixed(1)} ×`);
  if (row.memoryMb > MOST_MEMORY_MB) wrong.push(`${row.memoryMb} MB`);
  return wrong.join(", ");
}

/** What was refused or not answered counts as never, so a share of more than one in a hundred shows in the p99. */
function ratio(row: Row): number {
  const beside = p99(row.taken);
  return beside >= NEVER ? Number.POSITIVE_INFINITY : beside / p99(row.calm.taken);
}

function p99(taken: Taken[]): number {
  return quantile(
    taken.map(({ ms }) => ms),
    0.99,
  );
}

function tally(answers: string[]): string {
  const counts: Record<string, number> = {};
  for (const answer of answers) counts[answer] = (counts[answer] ?? 0) + 1;
  return countsOf(counts);
}

function countsOf(counts: Record<string, number>): string {
  return (
    Object.entries(counts)
      .map(([answer, count]) => `${count} × ${answer}`)
      .join(", ") || "nothing"
  );
}

function quantile(times: number[], q: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
