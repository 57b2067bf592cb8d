/**
 * How long does a run over 100,000 events take, at a provider that allows 25 requests a second (40 s for a thousand pages), and
 * who notices? A twentieth of the events never came. A million others are stored. Fifty webhooks a second arrive before the run
 * and during it: their answers are compared within this one run of the bench. To tell what a busy machine does to them without
 * a run, they are also sent beside a process that reads the same list and does nothing with it.
 *
 *   npm run bench:reconcile [-- 100000]   another number of stored events
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { migrate } from "../lib/db/migrate";
import { startThrowawayPostgres } from "../lib/db/throwaway";
import { startApp } from "../tests/support/app";
import { APP_ENVIRONMENT, tokenFor } from "../tests/support/processes";
import { LISTED, LOST, SPAN_SECONDS } from "./reconcile-events";
import { sendWebhooks } from "./reconcile-live";
import { seedStored } from "./reconcile-seed";
import { endWithUs, kill } from "./support/children";
import { postmasterOf } from "./support/cluster";
import { type Spent, spentBy, type Trees } from "./support/cpu";
import { atMost, type Goal, number, quantile, report } from "./support/report";

const STORED = Number(process.argv[2] ?? 1_000_000);
const PAGES = LISTED / 100;
const PHYSICAL_SECONDS = PAGES / 25;
const MOST_RATIO = 1.2;
/** Of memory, in megabytes: the pages under way, and what the collector of the JavaScript engine leaves for later. */
const MOST_GROWTH_MB = 150;
const SECONDS = 20;
const until = Math.floor(Date.now() / 1000) - 3600;

/** One part of the bench: what each process spent, and the answers' times in milliseconds. */
type Part = Spent & { result: number[] };

const provider = program("bench/reconcile-provider.ts", String(LISTED), String(until));
const cluster = await startThrowawayPostgres();
try {
  const [line] = await once(createInterface(provider.stdout), "line");
  const { url, key } = JSON.parse(line) as { url: string; key: string };
  const databaseUrl = await cluster.create("bench");
  await migrate(databaseUrl, () => {});
  await seedStored(databaseUrl, STORED, until);
  const env = { ...APP_ENVIRONMENT, DATABASE_URL: databaseUrl, STRIPE_API_URL: url, STRIPE_SECRET_KEY: key };
  const app = await startApp({ env });
  try {
    const { pid: postgres } = await postmasterOf(databaseUrl);
    await measure(app.url, { app: app.pid, Postgres: postgres, provider: provider.pid as number }, [url, key]);
  } catch (error) {
    console.error(app.output().split("\n").slice(-40).join("\n"));
    throw error;
  } finally {
    await app.stop();
  }
} finally {
  provider.kill();
  await cluster.remove();
}

async function measure(url: string, trees: Trees & { app: number }, list: string[]): Promise<void> {
  await sendWebhooks(url, 3);
  const alone = await spentBy(trees, () => sendWebhooks(url, SECONDS));
  const reader = program("bench/reconcile-reader.ts", ...list);
  await once(reader.stdout, "data");
  const control = await spentBy({ ...trees, reader: reader.pid as number }, () => sendWebhooks(url, SECONDS));
  await kill(reader);

  const api = await client(url);
  const memory = watchMemory(trees.app);
  let run: { status: string; completed_at: string | null; requests: number; counts: Record<string, number> };
  let seconds = 0;
  const beside = await spentBy(trees, async () => {
    const started = performance.now();
    const span = { from_ts: at(until - SPAN_SECONDS), to_ts: at(until + 60) };
    const { reconciliation_id: id } = await api("/api/reconciliations", { provider_slug: "stripe", ...span });
    const looking = (async () => {
      do {
        await new Promise((resolve) => setTimeout(resolve, 500));
        run = await api(`/api/reconciliations/${id}`);
      } while (run.completed_at === null);
      seconds = (performance.now() - started) / 1000;
    })();
    const [times] = await Promise.all([sendWebhooks(url, Number.POSITIVE_INFINITY, () => seconds > 0), looking]);
    return times;
  });
  const { before, most } = memory.stop();
  run = await api(`/api/reconciliations?limit=1`).then(({ reconciliations }) => reconciliations[0]);
  report({
    title: `A run over ${number(LISTED)} events, beside ${number(STORED)} others that are stored`,
    head: ["webhooks", "answered", "p50, ms", "p95, ms", ...Object.keys(control.cpu).map((name) => `${name}, cores`)],
    rows: [row("alone", alone), row("beside a reader of the list", control), row("beside the run", beside)],
    goals: [
      rightly(run),
      atMost("time of the run, by the provider's limit", MOST_RATIO, seconds / PHYSICAL_SECONDS, " ×"),
      atMost("webhooks' p95 beside the run, by that alone", MOST_RATIO, p95(beside) / p95(alone), " ×"),
      atMost("growth of the app's memory", MOST_GROWTH_MB, most - before, " MB"),
    ],
    notes: [
      `The run took ${number(seconds)} s for ${run.requests} requests. Memory was ${number(before)} MB before.`,
      `Beside the reader, p95 is ${number(p95(control) / p95(alone))} × that alone: what the provider costs this machine.`,
      `A page costs, without the webhooks: ${costOfPage(alone, beside)}.`,
    ],
  });

  function row(name: string, { result, cpu, seconds }: Part): string[] {
    const cores = Object.keys(control.cpu).map((tree) => number((cpu[tree] ?? Number.NaN) / seconds));
    return [name, String(result.length), number(quantile(result, 0.5)), number(p95({ result })), ...cores];
  }
}

/** What the run added to what the same time costs without it. */
function costOfPage(alone: Part, beside: Part): string {
  return Object.entries(beside.cpu)
    .map(([tree, spent]) => {
      const usual = ((alone.cpu[tree] ?? 0) / alone.seconds) * beside.seconds;
      return `${tree} ${number(((spent - usual) * 1000) / PAGES)} ms`;
    })
    .join(", ");
}

function rightly({ status, counts }: { status: string; counts: Record<string, number> }): Goal {
  const figure = `${status}, ${counts.provider} listed, ${counts.missing} missing`;
  const goal = `completed, ${LISTED} listed, ${LOST} missing`;
  return { what: "what it found", goal, figure, met: figure === goal };
}

async function client(url: string) {
  const headers = {
    authorization: `Bearer ${await tokenFor("super_admin", "60m")}`,
    "content-type": "application/json",
  };
  return async (path: string, body?: object) => {
    const answer = await fetch(`${url}${path}`, {
      headers,
      ...(body && { method: "POST", body: JSON.stringify(body) }),
    });
    const json = await answer.json();
    if (!answer.ok) throw new Error(JSON.stringify(json));
    return json;
  };
}

/** In megabytes. */
function watchMemory(pid: number) {
  const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
  const before = rss();
  let most = before;
  const watching = setInterval(() => {
    most = Math.max(most, rss());
  }, 100);
  return {
    stop() {
      clearInterval(watching);
      return { before, most };
    },
  };
}

/** A process of its own, which ends with this one. */
function program(file: string, ...args: string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", file, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  endWithUs(child);
  return child;
}

function at(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString();
}

function p95({ result }: Pick<Part, "result">): number {
  return quantile(result, 0.95);
}
