/** A room without an app: the API's routes, the worker and a test database, all in this process. */
import { openApi } from "../support/api-desk";
import { openDesk } from "../support/desk";
import { until } from "../support/processes";
import { connectWorld } from "../support/world/in-process";
import { openWorld, type World } from "../support/world/world";
import type { Drill, Room } from "./drill";

export async function openRoomInProcess({ events, providers, outage }: Drill, seed: number): Promise<Room> {
  const world = await openWorld({ events, seed, providers, outage });
  const room = await enterRoom(world);
  return {
    ...room,
    async close() {
      await room.close();
      await world.close();
    },
  };
}

/** The same for a world that is there, and stays. */
export async function enterRoom(world: World): Promise<Room> {
  const base = await openDesk({ ...world.environment, ENCRYPTION_KEY: Buffer.alloc(32, 3).toString("base64") });
  const desk = await connectWorld(world, base.sql);
  const ask = await openApi();
  // The schedule would find what the drill is to find.
  await base.sql`
    insert into watches (provider, enabled) select unnest(${world.providers.map(({ slug }) => slug)}::text[]), false`;
  const { startWorker } = await import("@/lib/pipeline/worker");
  const worker = startWorker();
  return {
    world,
    sql: base.sql,
    ask,
    signIn: null,
    desk: { ...desk, settle: () => settled(base.sql) },
    async close() {
      await worker.stop();
      await base.close();
    },
  };
}

/** Until nothing is due that can be delivered. */
export function settled(sql: Room["sql"]): Promise<void> {
  return until(
    "what can be delivered is delivered",
    async () => {
      const [row] = await sql`
        select count(*)::int from deliveries d where d.status in ('pending', 'claimed', 'retrying')
          and d.due_at < now_() + interval '5 seconds'`;
      return row?.count === 0;
    },
    600_000,
  );
}
