/** How fast a backlog is worked off, measured in its middle: without the start of the workers, and without the last few. */
import { setTimeout as sleep } from "node:timers/promises";
import { secondsOf, type Trees } from "./cpu";

const POLL_MS = 100;
/** Shares of the backlog between which the clock runs. */
const FROM = 0.9;
const TO = 0.1;
const GIVE_UP_MS = 600_000;

export interface Drained {
  /** Events per second. */
  rate: number;
  /** Microseconds of CPU per event, of the trees whose names begin with `app`. */
  workerMicros: number;
  /** Of all others. */
  storeMicros: number;
}

export interface Backlog {
  events: number;
  /** How many are left. */
  left(): Promise<number>;
  trees(): Trees;
}

/** Resolves when nothing is left. */
export async function watchDrain({ events, left, trees }: Backlog): Promise<Drained> {
  const giveUp = Date.now() + GIVE_UP_MS;
  const mark = async (most: number) => {
    for (;;) {
      const remaining = await left();
      if (remaining <= most) return { remaining, at: performance.now(), cpu: secondsOf(trees()) };
      if (Date.now() > giveUp) throw new Error(`${remaining} of ${events} events are left after ten minutes.`);
      await sleep(POLL_MS);
    }
  };
  const first = await mark(events * FROM);
  const last = await mark(events * TO);
  await mark(0);
  const done = first.remaining - last.remaining;
  const spent = (isApp: boolean) =>
    Object.keys(last.cpu)
      .filter((tree) => tree.startsWith("app") === isApp)
      .reduce((sum, tree) => sum + (last.cpu[tree] ?? 0) - (first.cpu[tree] ?? 0), 0);
  return {
    rate: (done * 1000) / (last.at - first.at),
    workerMicros: (spent(true) * 1e6) / done,
    storeMicros: (spent(false) * 1e6) / done,
  };
}
