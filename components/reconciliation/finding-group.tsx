"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Redo2 } from "lucide-react";
import { useEffect, useState } from "react";
import { findingsQuery } from "@/lib/client/queries/reconciliations";
import { FINDING_KIND, type Finding, type Reconciliation } from "@/lib/contract/reconciliations";
import type { FindingKind } from "@/lib/contract/vocabulary";
import { count, plural } from "../format";
import { Problem } from "../forms/problem";
import { PermissionGuard } from "../permissions/permission-guard";
import { forbiddenTo } from "../permissions/replay-permissions";
import { StatusIcon } from "../status/status-badge";
import { Button } from "../ui/button";
import { Skeleton } from "../ui/skeleton";
import { FindingRow } from "./finding-row";
import type { Rights } from "./rights";
import { KIND_STYLE } from "./run-status";

/** The findings of one kind: what it means, what to do, and each with its provider's object next to ours. */
export function FindingGroup({
  run,
  kind,
  rights,
  onBackFill,
}: {
  run: Reconciliation;
  kind: FindingKind;
  rights: Rights;
  onBackFill: (findingIds: string[]) => void;
}) {
  const open = run.counts[kind];
  // Closed ones are counted by how they ended, so a kind without open ones may still have some to show.
  const isShown = open > 0 || run.counts.repaired + run.counts.late > 0;
  const query = useInfiniteQuery({ ...findingsQuery(run.id, kind), enabled: isShown });
  useRereadOn(
    JSON.stringify([open, run.back_filling, run.counts.repaired, run.counts.late]),
    () => void query.refetch(),
  );
  const findings = query.data?.pages.flatMap((page) => page.findings) ?? [];
  if (!isShown || (query.data && findings.length === 0)) return null;
  if (open === 0 && !query.data) return null;
  const { label, meaning, wayOut } = FINDING_KIND[kind];
  const able = findings.filter(({ may_back_fill }) => may_back_fill).map(({ id }) => id);
  return (
    <section aria-labelledby={`${kind}-title`} id={kind} className="mt-7 scroll-mt-16" data-testid={`group-${kind}`}>
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-80">
          <h2 id={`${kind}-title`} className="flex items-center gap-2 font-semibold text-lg">
            <StatusIcon look={KIND_STYLE[kind]} />
            {label}
            <span className="font-normal text-quiet tabular-nums">{count(open)} open</span>
          </h2>
          <p className="text-pretty text-quiet">
            {meaning} {wayOut}
          </p>
        </div>
        {able.length > 1 && (
          <PermissionGuard forbidden={forbiddenTo(rights.replay, able.length)}>
            <Button data-testid={`back-fill-${kind}`} onClick={() => onBackFill(able)}>
              <Redo2 /> Back-fill{" "}
              {query.hasNextPage ? `the first ${count(able.length)}` : `these ${count(able.length)}`}…
            </Button>
          </PermissionGuard>
        )}
      </div>
      <Problem error={query.error} before="Could not load these findings." />
      {query.isPending && (
        <div role="status" aria-label="Loading findings" className="mt-2 space-y-2 border-t pt-3">
          {[0, 1, 2].slice(0, Math.max(1, open)).map((row) => (
            <Skeleton key={row} className="h-4 w-full" />
          ))}
        </div>
      )}
      <ul className="mt-2 border-t">
        {findings.map((finding: Finding) => (
          <FindingRow key={finding.id} finding={finding} rights={rights} onBackFill={() => onBackFill([finding.id])} />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button size="sm" className="mt-2" disabled={query.isFetching} onClick={() => void query.fetchNextPage()}>
          {query.isFetching ? "Loading…" : `Show more of ${plural(open, "finding")}`}
        </Button>
      )}
    </section>
  );
}

/** Reads again when the run's counts change. */
function useRereadOn(counts: string, read: () => void) {
  const [seen, setSeen] = useState(counts);
  useEffect(() => {
    if (counts === seen) return;
    setSeen(counts);
    read();
  });
}
