/** What every peer's worker does: one upsert per event, as a team would write it; and how the bench speaks with it. */
import pg from "pg";
import { eventOf } from "../requests";
import type { PeerEvent } from "./serve";

export interface DrainPeer {
  /** Adds jobs while no worker runs. */
  fill(events: PeerEvent[]): Promise<unknown>;
  /** Starts the worker; returns how to stop it. */
  start(apply: (event: PeerEvent) => Promise<void>): Promise<() => Promise<unknown>>;
}

export type DrainMessage = { fill: number } | { start: true } | { done: true } | { stop: true };

const CHUNK = 1_000;

/** Deliveries at a time, as Redrive's worker has. */
export const CONCURRENCY = 32;

export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 });
pool.on("error", console.error);

export async function serveDrain({ fill, start }: DrainPeer): Promise<void> {
  await pool.query(`
    create table if not exists subscriptions (
      id text primary key, customer text not null, status text, plan text, version text not null,
      updated_at timestamptz not null default now())`);
  let done = 0;
  let filled = 0;
  let stop: (() => Promise<unknown>) | undefined;
  const apply = async (event: PeerEvent) => {
    await upsert(event);
    done += 1;
  };
  process.on("message", async (message: DrainMessage) => {
    if ("fill" in message) {
      done = 0;
      const created = Math.floor(Date.now() / 1000);
      for (let from = 0; from < message.fill; from += CHUNK) {
        const count = Math.min(CHUNK, message.fill - from);
        await fill(Array.from({ length: count }, (_, n) => eventOf(`evt_${filled + n}`, filled + n, created)));
        filled += count;
      }
    } else if ("start" in message) stop = await start(apply);
    else if ("stop" in message) await stop?.();
    process.send?.({ done });
  });
  process.send?.({ port: 0 });
}

async function upsert({ id, data: { object } }: PeerEvent): Promise<void> {
  const { data: items } = object.items as { data: { price: { id: string } }[] };
  await pool.query({
    name: "upsert",
    text: `
      insert into subscriptions as s (id, customer, status, plan, version) values ($1, $2, $3, $4, $5)
      on conflict (id) do update set customer = excluded.customer, status = excluded.status, plan = excluded.plan,
        version = excluded.version, updated_at = now()
      where s.version <= excluded.version`,
    values: [object.id, object.customer, object.status, items[0]?.price.id, id],
  });
}
