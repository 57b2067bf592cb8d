/** Changes in the database as they happen: one poll for all listeners of this process who watch the same organisations. */

import { setTimeout as wait } from "node:timers/promises";
import { type IdKind, printId } from "@/lib/contract/ids";
import type { Change } from "@/lib/contract/live";
import { call, DatabaseUnavailable } from "@/lib/db/client";
import type { Changes } from "@/lib/db/functions/reads";
import { logError } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import { type Scoped, scopeOf } from "@/lib/scope";

const LOOK_EVERY_MS = 500;

export interface News {
  /** Where to resume: `Last-Event-ID`. */
  cursor: string;
  /** Null when it is not known any more what changed. */
  change: Change | null;
}

type Listener = (news: News) => void;

interface Watcher {
  asker: Scoped;
  listeners: Set<Listener>;
  /** Resolves when the first poll succeeded. */
  started: Promise<void>;
  cursor: string | undefined;
}

/** By the sorted ids of the watched organisations. Only those with a listener. */
const watchers = processSingleton("live", () => new Map<string, Watcher>());

/** How many listeners this process has. */
export function watching(): number {
  return [...watchers.values()].reduce((sum, { listeners }) => sum + listeners.size, 0);
}

/**
 * Calls the listener on every change from now on, until the returned function is called. Throws `DatabaseUnavailable` when
 * the database cannot say where "now" is.
 */
export async function watchChanges(asker: Scoped, listener: Listener): Promise<() => void> {
  const key = JSON.stringify(asker.organisations && [...asker.organisations].sort());
  const watcher = watchers.get(key) ?? start(key, asker);
  const { listeners } = watcher;
  const stop = () => void listeners.delete(listener);
  listeners.add(listener);
  try {
    await watcher.started;
    return stop;
  } catch (error) {
    stop();
    throw error;
  }
}

/**
 * What changed for the caller since a cursor. `change` is null for an invalid or expired cursor, and has no topics when
 * nothing changed.
 */
export async function changesSince(cursor: string | null, asker: Scoped): Promise<News> {
  // With the argument left out or null, the function uses its default.
  return newsOf(await call("console", "changes_since", { ...scopeOf(asker), p_cursor: cursor ?? undefined }));
}

function start(key: string, asker: Scoped): Watcher {
  const watcher: Watcher = { asker, listeners: new Set(), started: Promise.resolve(), cursor: undefined };
  watchers.set(key, watcher);
  watcher.started = changesSince(null, asker).then(
    ({ cursor }) => {
      watcher.cursor = cursor;
      void look(key, watcher).catch((error) => logError("live", error));
    },
    (error) => {
      watchers.delete(key);
      throw error;
    },
  );
  return watcher;
}

async function look(key: string, watcher: Watcher): Promise<void> {
  const { listeners } = watcher;
  while (listeners.size > 0) {
    const news = await changesSince(watcher.cursor ?? null, watcher.asker).catch(whenAway);
    if (news) {
      watcher.cursor = news.cursor;
      if (news.change?.topics.length !== 0) for (const listener of listeners) tell(listener, news);
    }
    await wait(LOOK_EVERY_MS);
  }
  watchers.delete(key);
}

/** A listener that throws must not end the polling for all. */
function tell(listener: Listener, news: News): void {
  try {
    listener(news);
  } catch (error) {
    logError("live", error);
  }
}

/** The database may be unavailable for a short time. The cursor is kept, so no change is lost. */
function whenAway(error: unknown): undefined {
  if (!(error instanceof DatabaseUnavailable)) logError("live", error);
}

function newsOf({ cursor, reset, topics, event_ids, replay_ids }: Changes): News {
  if (reset) return { cursor, change: null };
  const named = (kind: IdKind, ids: number[] | null) => ids?.map((id) => printId(kind, id)) ?? null;
  return { cursor, change: { topics, event_ids: named("event", event_ids), replay_ids: named("replay", replay_ids) } };
}
