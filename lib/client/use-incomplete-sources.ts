import { useQuery } from "@tanstack/react-query";
import type { SourceCoverage } from "@/lib/contract/reconciliations";
import { coverageQuery } from "./queries/reconciliations";
import { useRailCounts } from "./use-rail-counts";

const ASK_EVERY_MS = 15_000;
const NONE: SourceCoverage[] = [];

/** Sources whose provider has events that are not here. Coverage is only read while the sidebar counts some. */
export function useIncompleteSources(): SourceCoverage[] {
  const isAnyMissing = (useRailCounts()?.missing ?? 0) > 0;
  const { data } = useQuery({ ...coverageQuery(), enabled: isAnyMissing, refetchInterval: ASK_EVERY_MS });
  return isAnyMissing ? (data?.filter(({ missing }) => missing > 0) ?? NONE) : NONE;
}
