/** The limit for Postgres: what arrives while an insert runs goes into the next one, and nothing else is done. */
import { openTable } from "./own-table";
import { type PeerEvent, serve } from "./serve";

interface Waiting {
  event: PeerEvent;
  body: Buffer;
  resolve: () => void;
  reject: (error: unknown) => void;
}

const MOST_IN_BATCH = 200;

const pool = await openTable();
let waiting: Waiting[] = [];
let running = false;

serve(
  (event, body) =>
    new Promise<void>((resolve, reject) => {
      waiting.push({ event, body, resolve, reject });
      if (!running) void insertAll();
    }),
);

async function insertAll(): Promise<void> {
  running = true;
  while (waiting.length > 0) {
    const batch = waiting.slice(0, MOST_IN_BATCH);
    waiting = waiting.slice(MOST_IN_BATCH);
    try {
      await pool.query({
        name: "insert",
        text: `insert into webhooks (id, type, body)
          select * from unnest($1::text[], $2::text[], $3::bytea[]) on conflict do nothing`,
        values: [
          batch.map(({ event }) => event.id),
          batch.map(({ event }) => event.type),
          batch.map(({ body }) => body),
        ],
      });
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
  running = false;
}
