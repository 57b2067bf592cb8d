/**
 * A bounded queue for slow work. People take turns, no one has more than their share, and a caller who goes away leaves it.
 */

/** `person`: this person has too many waiting. `all`: all people together have. */
export class QueueFull extends Error {
  constructor(readonly of: "person" | "all") {
    super("Too many requests are waiting.");
    this.name = "QueueFull";
  }
}

export interface FairQueueOptions {
  atOnce: number;
  atOncePerPerson: number;
  waitingPerPerson: number;
  waitingInAll: number;
}

export interface FairQueue {
  /**
   * Resolves when it is this person's turn, to a function to call at the end of it. Rejects with the signal's reason when
   * that is aborted first. Throws `QueueFull`.
   */
  enter(person: string, signal: AbortSignal): Promise<() => void>;
  /** How many turns this person has now. */
  running(person: string): number;
}

interface Line {
  running: number;
  waiting: Set<() => void>;
}

export function createFairQueue(options: FairQueueOptions): FairQueue {
  /** In the order of their turns: a person who had one goes to the end. */
  const lines = new Map<string, Line>();
  let running = 0;
  let waiting = 0;

  function next(): void {
    for (const [person, line] of lines) {
      if (running >= options.atOnce) return;
      const [turn] = line.waiting;
      if (!turn || line.running >= options.atOncePerPerson) continue;
      lines.delete(person);
      lines.set(person, line);
      turn();
      // Starts over, because the order has changed.
      next();
      return;
    }
  }

  function lineOf(person: string): Line {
    const line = lines.get(person) ?? { running: 0, waiting: new Set() };
    lines.set(person, line);
    return line;
  }

  function forget(person: string, line: Line): void {
    if (line.running === 0 && line.waiting.size === 0) lines.delete(person);
  }

  return {
    running: (person) => lines.get(person)?.running ?? 0,
    async enter(person, signal) {
      signal.throwIfAborted();
      const line = lineOf(person);
      if (line.waiting.size >= options.waitingPerPerson) throw new QueueFull("person");
      if (waiting >= options.waitingInAll) {
        forget(person, line);
        throw new QueueFull("all");
      }
      await new Promise<void>((resolve, reject) => {
        const turn = () => {
          leave();
          running += 1;
          line.running += 1;
          resolve();
        };
        const giveUp = () => {
          leave();
          forget(person, line);
          reject(signal.reason);
        };
        const leave = () => {
          waiting -= 1;
          line.waiting.delete(turn);
          signal.removeEventListener("abort", giveUp);
        };
        waiting += 1;
        line.waiting.add(turn);
        signal.addEventListener("abort", giveUp, { once: true });
        next();
      });
      return once(() => {
        running -= 1;
        line.running -= 1;
        forget(person, line);
        next();
      });
    },
  };
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}
