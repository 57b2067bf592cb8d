/** What changes in the database, as it changes: one look for all who watch in this process. */
import { setTimeout as wait } from "node:timers/promises";
import type { Change, Topic } from "@/lib/contract/live";
import { call, DatabaseUnavailable } from "@/lib/db/client";
import { logError } from "@/lib/log";
import { perProcess } from "@/lib/per-process";

const LOOK_EVERY_MS = 500;

/** What `changes_since` answers. */
interface Look {
  cursor: string;
  reset: boolean;
  topics: Topic[];
  event_ids: number[] | null;
  replay_ids: number[] | null;
}

export interface News {
  /** Where to go on from: `Last-Event-ID`. */
  cursor: string;
  /** Null when nobody can say any more what changed. */
  change: Change | null;
}

type Listener = (news: News) => void;

const watcher = perProcess("live", () => ({
  listeners: new Set<Listener>(),
  /** Resolves to whether the first look succeeded; undefined while nobody watches. */
  started: undefined as Promise<void> | undefined,
  cursor: undefined as string | undefined,
}));

/** How many watch in this process. */
export function watching(): number {
  return watcher.listeners.size;
}

/**
 * Tells the listener of every change from now on, until the function it answers is called. Throws `DatabaseUnavailable`
 * when the database cannot say where "now" is.
 */
export async function watchChanges(listener: Listener): Promise<() => void> {
  const { listeners } = watcher;
  const stop = () => void listeners.delete(listener);
  listeners.add(listener);
  watcher.started ??= start();
  try {
    await watcher.started;
    return stop;
  } catch (error) {
    stop();
    throw error;
  }
}

/** What changed since a cursor; `change` is null for a cursor that says nothing, and has no topics when nothing changed. */
export async function changesSince(cursor: string | null): Promise<News> {
  // Without the argument, or with a null one: the function's default.
  return newsOf(await call<Look>("console", "changes_since", { p_cursor: cursor ?? undefined }));
}

async function start(): Promise<void> {
  try {
    watcher.cursor = (await changesSince(null)).cursor;
  } catch (error) {
    watcher.started = undefined;
    throw error;
  }
  void look().catch((error) => logError("live", error));
}

async function look(): Promise<void> {
  const { listeners } = watcher;
  while (listeners.size > 0) {
    const news = await changesSince(watcher.cursor ?? null).catch(whenAway);
    if (news) {
      watcher.cursor = news.cursor;
      if (news.change?.topics.length !== 0) for (const listener of listeners) tell(listener, news);
    }
    await wait(LOOK_EVERY_MS);
  }
  watcher.started = undefined;
}

/** One caller that cannot be told must not end the look for all. */
function tell(listener: Listener, news: News): void {
  try {
    listener(news);
  } catch (error) {
    logError("live", error);
  }
}

/** The database may be away for a moment. The cursor stays, so nothing of the meantime is lost. */
function whenAway(error: unknown): undefined {
  if (!(error instanceof DatabaseUnavailable)) logError("live", error);
}

function newsOf({ cursor, reset, topics, event_ids, replay_ids }: Look): News {
  if (reset) return { cursor, change: null };
  const named = (prefix: string, ids: number[] | null) => ids?.map((id) => `${prefix}${id}`) ?? null;
  return { cursor, change: { topics, event_ids: named("we_", event_ids), replay_ids: named("wr_", replay_ids) } };
}
