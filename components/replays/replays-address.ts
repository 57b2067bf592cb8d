import { printReplayFilter, type ReplayFilter } from "@/lib/contract/replay-filter";

/** The permanent address of the filtered list of replays. */
export function replaysAddress(filter: ReplayFilter & { cursor?: number }): string {
  const query = printReplayFilter(filter);
  return query ? `/replays?${query}` : "/replays";
}
