/** Notices about replays that a user asked for. */
import type { Notice } from "@/lib/contract/replays";
import { postJson, requestJson } from "./request";

/** Those not seen yet, newest first. */
export async function fetchNotices(signal?: AbortSignal): Promise<Notice[]> {
  return (await requestJson<{ notices: Notice[] }>("/api/notices", { signal })).notices;
}

/** Marks notices as seen, up to and including this one. */
export async function seeNotices(until: number): Promise<void> {
  await postJson("/api/notices", { until });
}
