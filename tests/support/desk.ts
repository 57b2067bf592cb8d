/** A database for a pipeline test, with every provider's secret set and destinations configured. */
import postgres from "postgres";
import type { Answer } from "@/lib/pipeline/answer";
import type { Work } from "@/lib/pipeline/claim";
import { requestOf, type Sender, type SignOptions, TEST_ENVIRONMENT } from "../fixtures/sign";
import { createTestDatabase } from "./postgres";

export interface Desk {
  /** A connection in addition to the app's own, to read what it wrote. */
  sql: postgres.Sql;
  close(): Promise<void>;
}

/** Creates a test database and connects the product to it. `environment` adds to or overrides the test defaults. */
export async function openDesk(environment: Record<string, string> = {}): Promise<Desk> {
  const database = await createTestDatabase();
  Object.assign(
    process.env,
    TEST_ENVIRONMENT,
    {
      DATABASE_URL: database.url,
      EGRESS_ALLOW_PRIVATE: "127.0.0.0/8",
      AGENT_SDK_URL: "http://127.0.0.1:9",
      CHATWOOT_WEBHOOK_BASE_DELAY_MS: "20",
    },
    environment,
  );
  const { configureDestinations } = await import("@/lib/destinations/configure");
  await configureDestinations();
  const sql = postgres(database.url, { max: 4, onnotice: () => {} });
  return {
    sql,
    async close() {
      const { closeDatabase } = await import("@/lib/db/client");
      await closeDatabase();
      await sql.end({ timeout: 2 });
      await database.drop();
    },
  };
}

/** Sends a webhook to its endpoint, signed as its provider signs. A Buffer is sent as it is. */
export async function send(provider: Sender, event: unknown, options: SignOptions = {}): Promise<Answer> {
  const { accept } = await import("@/lib/pipeline/accept");
  return accept(requestOf(provider, event, options));
}

/** The number in an answer's `we_12`. */
export function eventIdIn(answer: Answer): number {
  return Number(JSON.parse(answer.body).event_id.slice(3));
}

/** Claims and delivers until nothing is due, like one worker. Returns the number of attempts. */
export async function workUntilIdle(): Promise<number> {
  const { call } = await import("@/lib/db/client");
  const { claim } = await import("@/lib/pipeline/claim");
  const { deliver } = await import("@/lib/pipeline/deliver");
  const { record } = await import("@/lib/pipeline/record");
  let attempts = 0;
  for (;;) {
    await call("pipeline", "maintain_destinations", { p_disable_after_days: 5 });
    const { work, next_due_ms } = await claim("test", 50, 30);
    if (work.length === 0 && (next_due_ms === null || next_due_ms > 3_000)) return attempts;
    await Promise.all(work.map(async (item: Work) => record(item, await deliver(item), Date.now() + 5_000)));
    attempts += work.length;
    if (work.length === 0) await new Promise((resolve) => setTimeout(resolve, (next_due_ms ?? 0) + 2));
  }
}
