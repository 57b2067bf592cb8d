/** What the facts mean: one check each, with what to do. */
import type { HealthCheck } from "@/lib/contract/health";
import type { Lane } from "@/lib/db/client";
import { unnamedProxies } from "@/lib/front/sender-network";
import type { LogState } from "@/lib/log";
import type { Facts } from "./health-facts";

/** A due delivery older than this means that no worker runs. */
const STUCK_AFTER_S = 60;
/** Most providers accept a signature's time that is several minutes off, so this warns well before. */
const CLOCK_OFF_MS = 30_000;
/** With at least this many requests, more than this share is rejected. */
const REJECTED_SHARE = 0.5;
const REJECTED_AT_LEAST = 20;
const DISK_FREE_AT_LEAST = 256 * 1024 * 1024;
const PARTITIONS_AT_LEAST = 2;
/** Lines that were lost longer ago are not reported any more. */
const LOST_LATELY_MS = 60_000;

const MIB = 1024 * 1024;

/** The checks of the public health answer, in the order of an event's way and not by severity. */
export function quickChecks(facts: Facts, log: Readonly<LogState>): HealthCheck[] {
  return [
    database(facts),
    writes(facts),
    clock(facts),
    rejections(facts),
    worker(facts),
    disk(facts),
    lines(log),
    proxies(),
  ];
}

function database({ condition, latencyMs }: Facts): HealthCheck {
  return condition
    ? ok("database", `It answered in ${latencyMs} ms.`)
    : wrong(
        "database",
        "failed",
        "It does not answer.",
        "Check that it runs and can be reached; webhooks are answered 503 meanwhile.",
      );
}

function writes({ condition, writeProblem }: Facts): HealthCheck {
  if (condition?.standby) {
    return wrong(
      "writes",
      "failed",
      "The database is a standby, which takes no writes.",
      "Point Redrive to the primary.",
    );
  }
  if (writeProblem === null) return ok("writes", "A row was written.");
  const todo = condition?.read_only
    ? "Turn default_transaction_read_only off for this role and database."
    : "Free space on the database's disk, or check its log for why it takes no writes.";
  return wrong("writes", "failed", `A row could not be written: ${writeProblem}`, todo);
}

function clock({ condition, clockOffMs }: Facts): HealthCheck {
  if (!condition) return unknown("clock");
  const seconds = Math.round(clockOffMs / 1000);
  if (Math.abs(clockOffMs) < CLOCK_OFF_MS)
    return ok("clock", `It agrees with the database's to ${Math.abs(seconds)} s.`);
  return wrong(
    "clock",
    "degraded",
    `This machine's clock is ${Math.abs(seconds)} s ${seconds > 0 ? "behind" : "ahead of"} the database's.`,
    "Set both clocks by NTP: signed webhooks are refused as too old otherwise.",
  );
}

function rejections({ condition }: Facts): HealthCheck {
  if (!condition) return unknown("rejections");
  const refused = condition.requests.filter(({ rejected }) => rejected > 0);
  const many = refused.filter(
    ({ accepted, rejected }) => rejected >= REJECTED_AT_LEAST && rejected > REJECTED_SHARE * (accepted + rejected),
  );
  const words = (of: typeof refused) =>
    of.map(({ provider, accepted, rejected }) => `${provider} ${rejected} of ${accepted + rejected}`).join(", ");
  if (many.length === 0) {
    return ok("rejections", refused.length ? `Refused in 5 minutes: ${words(refused)}.` : "None in 5 minutes.");
  }
  return wrong(
    "rejections",
    "degraded",
    `Most requests of 5 minutes were refused: ${words(many)}.`,
    "See Sources for the reasons: a changed secret, a wrong clock, or a stranger who posts to the address.",
  );
}

function worker({ condition }: Facts): HealthCheck {
  if (!condition) return unknown("worker");
  const oldest = condition.waiting.oldest_due_seconds ?? 0;
  if (oldest <= STUCK_AFTER_S)
    return ok("worker", oldest > 0 ? `The oldest due delivery waits ${oldest} s.` : "Nothing due waits.");
  return wrong(
    "worker",
    "degraded",
    `A delivery has been due for ${Math.round(oldest)} s.`,
    "Check that a worker runs: inside the server, or as npm run worker.",
  );
}

function disk({ diskFree }: Facts): HealthCheck {
  if (diskFree === null) return ok("disk", "The database is not on this machine.");
  const free = `${Math.round(diskFree / MIB)} MiB are free where the database lives.`;
  if (diskFree >= DISK_FREE_AT_LEAST) return ok("disk", free);
  return wrong("disk", "degraded", free, "Free space, or move DATA_DIR. Webhooks are rejected when the disk is full.");
}

function lines({ lost, lastLostAt, lastError }: Readonly<LogState>): HealthCheck {
  const words = `${lost} lines were lost since the start`;
  if (lastLostAt === undefined) return ok("log", "No line was lost.");
  if (Date.now() - lastLostAt > LOST_LATELY_MS) return ok("log", `${words}, none in the last minute.`);
  return wrong(
    "log",
    "degraded",
    `${words} (${lastError}).`,
    "Free space on the log's disk, or restart Redrive if its log reader ended. Webhooks are still stored.",
  );
}

function proxies(): HealthCheck {
  if (unnamedProxies().length === 0) return ok("proxies", "Senders are told apart by their addresses.");
  return wrong(
    "proxies",
    "degraded",
    "Webhooks come through a proxy that TRUSTED_PROXIES does not name. Its senders share one address, so forged requests are not limited.",
    "Set TRUSTED_PROXIES to the addresses of your proxies, and restart.",
  );
}

export function lanes(silent: Lane[]): HealthCheck {
  if (silent.length === 0) return ok("lanes", "Every lane got an answer.");
  const todo = "Wait for long work to end; raise DATABASE_POOL_SIZE where it stays so.";
  return wrong("lanes", "degraded", `No answer in time for ${silent.join(", ")}.`, todo);
}

export function migrations(missing: string[] | null): HealthCheck {
  if (missing === null)
    return { name: "migrations", status: "unknown", detail: "The database keeps no history.", todo: null };
  if (missing.length === 0) return ok("migrations", "All of this version are applied.");
  const todo = "Start Redrive again with DATABASE_URL, or run `npx supabase db push`.";
  return wrong("migrations", "degraded", `The database lacks ${missing.join(", ")}.`, todo);
}

/** Whether the bytes of the events to come have a place of their own, and what was to be deleted could be exported. */
export function retention(state: { ahead: number; problem: string | null } | null): HealthCheck {
  if (state === null) return unknown("retention");
  if (state.problem) {
    return wrong(
      "retention",
      "degraded",
      `Nothing is deleted. ${state.problem}`,
      "If it is the export, make RETENTION_EXPORT_DIR writable, with enough space. Otherwise read retention_failed in the worker's log. It is tried again every minute.",
    );
  }
  const words = `${state.ahead} partitions are ready for events to come.`;
  if (state.ahead >= PARTITIONS_AT_LEAST) return ok("retention", words);
  const todo = "Check that a worker runs, and that no transaction stays open. Events are stored all the same.";
  return wrong("retention", "degraded", words, todo);
}

/** A provider without a secret is one that is not used. The check names it, and it is no failure. */
export function secrets(missing: string[]): HealthCheck {
  if (missing.length === 0) return ok("secrets", "Every provider has its secret.");
  return ok("secrets", `Without one, so answered 503: ${missing.join(", ")}.`);
}

function ok(name: HealthCheck["name"], detail: string): HealthCheck {
  return { name, status: "ok", detail, todo: null };
}

function unknown(name: HealthCheck["name"]): HealthCheck {
  return { name, status: "unknown", detail: "The database does not say.", todo: null };
}

function wrong(name: HealthCheck["name"], status: "degraded" | "failed", detail: string, todo: string): HealthCheck {
  return { name, status, detail, todo };
}
