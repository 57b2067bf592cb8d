/**
 * The proof: an outage of everything at once, one guided recovery of one incident, and no other step. Then the tables are those
 * of the world without faults, nothing was processed twice, and the incident has closed by itself.
 */

import type { IncidentItem } from "@/lib/contract/api/incident-items";
import type { Incident } from "@/lib/contract/api/incidents";
import { enterRoom } from "../../drills/room-in-process";
import { openDesk } from "../desk";
import type { Endpoint } from "../endpoint";
import { until } from "../processes";
import { type Bundle, takeBundle } from "./bundle";
import { connectWorld } from "./in-process";
import { differencesOf, type TableDifference, type Tables, tablesOf } from "./tables";
import { openWorld, type World } from "./world";

export interface Proof {
  incident: Incident;
  /** Every item of the incident. */
  items: IncidentItem[];
  /** Rows that differ from those of the world without faults. */
  differences: TableDifference[];
  /** Keys of events that never came, or were rejected, in the order of the plan. */
  lost: { provider: string; key: string }[];
  /**
   * Items that the world without faults never sent: what the providers list of the day before, because the window of the incident
   * is that of the slowest provider. Each goes to the shop, once.
   */
  beyond: number;
  /** Deliveries that were acknowledged, here and in the world without faults, and how many of them more than once. */
  delivered: { here: number; there: number; twice: number };
  /** The evidence of the incident. */
  bundle: Bundle;
  minutes: { outage: number; recovery: number };
}

export interface ProofOptions {
  events: number;
  seed: number;
  /** How long the recovery may take. */
  limitMs: number;
  say?: (line: string) => void;
}

export async function prove({ events, seed, limitMs, say = () => {} }: ProofOptions): Promise<Proof> {
  // As many replays as the outage needs: a limit per merchant and hour would make the recovery wait for hours.
  process.env.REPLAY_MAX_PER_HOUR = String(Math.max(1_000, events));
  const world = await openWorld({ events, seed });
  try {
    say(`${world.plan.length} events of ${world.providers.length} providers: the world without faults …`);
    const reference = await playReference(world);
    say("The outage …");
    const began = Date.now();
    const room = await enterRoom(world);
    try {
      await world.playOutage(room.desk);
      world.troubleApis();
      const outage = (Date.now() - began) / 60_000;
      say("One guided recovery …");
      const { id, minutes } = await recover(room.ask, world, limitMs, say);
      await room.desk.settle();
      const here = acknowledged(world);
      const items = await itemsOf(room.ask, id);
      const planned = new Set(world.plan.map(({ event }) => `${event.provider} ${event.key}`));
      return {
        incident: (await room.ask("GET", `/api/incidents/${id}`)).body,
        items,
        beyond: items.filter(({ cause, provider_slug, identity }) => {
          return cause === "missing" && !planned.has(`${provider_slug} ${identity}`);
        }).length,
        differences: differencesOf(await tablesOf(room.sql), reference.tables),
        lost: world.plan
          .filter(({ isDropped, isInWrongSecret }) => isDropped || isInWrongSecret)
          .map(({ event: { provider, key } }) => ({ provider, key })),
        bundle: await takeBundle(id),
        delivered: { here: here.length, there: reference.delivered, twice: here.length - new Set(here).size },
        minutes: { outage, recovery: minutes },
      };
    } finally {
      await room.close();
    }
  } finally {
    await world.close();
  }
}

async function playReference(world: World): Promise<{ tables: Tables; delivered: number }> {
  const desk = await openDesk(world.environment);
  try {
    await world.playReference(await connectWorld(world, desk.sql));
    const result = { tables: await tablesOf(desk.sql), delivered: acknowledged(world).length };
    for (const endpoint of [world.shop, world.crm, world.agent]) endpoint.arrivals.length = 0;
    return result;
  } finally {
    await desk.close();
  }
}

type Ask = Awaited<ReturnType<typeof enterRoom>>["ask"];

/** Two requests, and then it is only looked at. */
async function recover(ask: Ask, world: World, limitMs: number, say: (line: string) => void) {
  const times = world.providers.flatMap(({ span }) => [span.from_ts, span.to_ts]).toSorted();
  const opened = await ask("POST", "/api/incidents", {
    title: "Everything at once",
    cause: "Webhooks were lost, an endpoint failed, another was disabled, and a secret was rolled wrongly.",
    severity: "P0",
    selection: { filter: {} },
    from_ts: times[0],
    to_ts: times.at(-1),
  });
  if (opened.status !== 201) throw new Error(`Opening answered ${opened.status}: ${opened.text}`);
  const { id } = opened.body;
  const began = Date.now();
  const asked = await ask("POST", `/api/incidents/${id}/recover`, { reason: "The proof", until: "end" });
  if (asked.status >= 300) throw new Error(`The recovery answered ${asked.status}: ${asked.text}`);
  let now = "";
  await until(
    "the incident has closed",
    async () => {
      const { status, body } = await ask("GET", `/api/incidents/${id}`);
      // A busy machine may have no answer in time: it is asked again.
      if (status >= 500) return false;
      const line = stateOf(body);
      if (line !== now) say(line);
      now = line;
      const failed = body.steps.find(({ status }: { status: string }) => status === "failed");
      if (failed) throw new Error(`${failed.step} failed: ${failed.reason}\n${JSON.stringify(body.counts)}`);
      return body.state === "closed" || body.state === "closed_with_exceptions";
    },
    limitMs,
  );
  return { id: String(id), minutes: (Date.now() - began) / 60_000 };
}

function stateOf({ state, steps, counts }: Incident): string {
  const at = steps.findLast(({ status }) => status !== "pending");
  const { total, affected, recovered, verified } = counts;
  return `${state}: ${at?.step ?? "open"} (${at?.reason ?? at?.status ?? ""}) total ${total}, affected ${affected}, recovered ${recovered}, verified ${verified}`;
}

async function itemsOf(ask: Ask, id: string): Promise<IncidentItem[]> {
  const items: IncidentItem[] = [];
  for (let cursor: number | null = 0; cursor !== null; ) {
    const query: string = cursor === 0 ? "" : `&cursor=${cursor}`;
    const { body } = await ask("GET", `/api/incidents/${id}/items?limit=500${query}`);
    items.push(...body.items);
    cursor = body.next_cursor;
  }
  return items;
}

function acknowledged({ shop, crm }: World): string[] {
  const ok = ({ arrivals }: Endpoint) => arrivals.filter(({ status }) => status === 200);
  return [...ok(shop).map(({ id }) => `shop ${id}`), ...ok(crm).map(({ id }) => `crm ${id}`)];
}
