/** What somebody asked to be told about replays. */
import type { Notice } from "@/lib/contract/replays";
import { postJson, requestJson } from "./request";

/** Those not seen yet, newest first. */
export async function fetchNotices(signal?: AbortSignal): Promise<Notice[]> {
  return (await requestJson<{ notices: Notice[] }>("/api/notices", { signal })).notices;
}

/** Marks notices as seen, up to and with this one. */
export async function seeNotices(until: number): Promise<void> {
  await postJson("/api/notices", { until });
}
