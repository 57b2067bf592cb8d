/**
 * `npm run drill -- <scenario> [--auto] [--seed 15] [--minutes 60]` plays an outage against an instance of its own, with fake
 * providers and a throwaway Postgres, and says what a person on call would hear. It waits until the desk is right, or until
 * Ctrl-C, and prints a scorecard. `--auto` recovers by the API instead. `npm run drill -- proof [--events 10000]` is the proof of
 * one guided recovery. See docs/drills.md.
 */
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { DRILLS } from "../drills";
import { type Drill, isRight, type Room } from "../drills/drill";
import { runProof } from "../drills/proof";
import { openRoom } from "../drills/room";
import { countTwice, printScores } from "../drills/scorecard";
import { ToolError } from "./requests";

const LOOK_EVERY_MS = 2_000;

try {
  process.exitCode = await run();
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

/** 0: the desk is right. 1: something was missed. */
async function run(): Promise<number> {
  const { name, auto, seed, minutes, events } = readArguments();
  if (name === "proof") return (await runProof({ events, seed })) ? 0 : 1;
  const drill = DRILLS[name] as Drill;
  console.log(`${drill.title}: starting an instance and playing the outage …`);
  const room = await openRoom(drill, seed);
  try {
    await room.desk.settle();
    await room.world.playOutage(room.desk);
    await drill.afterwards?.(room);
    const began = Date.now();
    console.log(told(drill, room));
    const stopping = new AbortController();
    process.once("SIGINT", () => stopping.abort());
    if (auto) await drill.recover(room);
    else await watch(drill, room, began + minutes * 60_000, stopping.signal);
    const scores = await drill.judge(room);
    console.log(`\n${printScores(scores, (Date.now() - began) / 60_000, countTwice(room.world))}`);
    return isRight(scores) ? 0 : 1;
  } finally {
    await room.close();
  }
}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      auto: { type: "boolean", default: false },
      seed: { type: "string", default: "15" },
      minutes: { type: "string", default: "60" },
      events: { type: "string", default: "10000" },
    },
  });
  const name = positionals[0] ?? "";
  const names = [...Object.keys(DRILLS), "proof"];
  const [seed, minutes, events] = [values.seed, values.minutes, values.events].map(Number) as [number, number, number];
  if (!names.includes(name)) throw new ToolError(`npm run drill -- <scenario>. Scenarios: ${names.join(", ")}.`);
  if (!Number.isInteger(seed)) throw new ToolError("--seed must be a whole number.");
  if (!(minutes > 0)) throw new ToolError("--minutes must be a number above 0.");
  if (!(Number.isInteger(events) && events >= 80)) throw new ToolError("--events must be a whole number from 80 on.");
  return { name, seed, minutes, events, auto: values.auto };
}

function told({ alarm, steps }: Drill, { signIn }: Room): string {
  const where = signIn && [
    `Console   ${signIn.url}`,
    `Sign in   ${signIn.email}   ${signIn.password}`,
    `Token     ${signIn.token}`,
  ];
  return ["", `ALARM     ${alarm}`, "", ...(where ?? []), "", ...steps.map((step, n) => `${n + 1}. ${step}`)].join(
    "\n",
  );
}

/** Until the desk is right, the time is over, or the person gives up. */
async function watch(drill: Drill, room: Room, until: number, signal: AbortSignal): Promise<void> {
  console.log("\nThe clock runs. Ctrl-C gives up, and prints the scorecard.");
  while (Date.now() < until && !signal.aborted && !isRight(await drill.judge(room))) {
    await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}
