import { useEffect, useState } from "react";
import { useNow } from "@/lib/client/clock";
import type { Replay } from "@/lib/contract/replays";

/** The rate covers the last few seconds, so that a pause or a slow endpoint shows. */
const WINDOW_MS = 10_000;

interface Sample {
  at: number;
  ran: number;
}

/** The current deliveries per second, and the remaining time at that rate. Null while they are unknown. */
export function useThroughput(replay: Replay): { perSecond: number | null; leftMs: number | null } {
  const ran = replay.succeeded + replay.failed;
  const now = useNow();
  const [samples, setSamples] = useState<Sample[]>([]);
  useEffect(() => {
    setSamples((before) => [...before.filter(({ at }) => Date.now() - at < WINDOW_MS), { at: Date.now(), ran }]);
  }, [ran]);

  if (replay.status !== "running" || !replay.started_at) return { perSecond: null, leftMs: null };
  const [first] = samples.filter(({ at }) => now - at < WINDOW_MS);
  const from = first && samples.length > 1 ? first : { at: Date.parse(replay.started_at), ran: 0 };
  const seconds = (now - from.at) / 1000;
  const perSecond = seconds < 0.5 ? null : (ran - from.ran) / seconds;
  const left = replay.total - ran - replay.skipped;
  return { perSecond, leftMs: perSecond ? (left / perSecond) * 1000 : null };
}
