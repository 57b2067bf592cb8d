"use client";

import { Scale } from "lucide-react";
import { useState } from "react";
import { useLiveQuery } from "@/lib/client/live-query";
import { coverageQuery } from "@/lib/client/queries/reconciliations";
import type { SourceCoverage } from "@/lib/contract/reconciliations";
import { plural } from "../format";
import { Notice } from "../notice";
import { PermissionGuard } from "../permissions/permission-guard";
import { Button } from "../ui/button";
import { CheckWindowDialog } from "./check-window-dialog";
import { NotSetUp } from "./not-set-up";
import type { Rights } from "./rights";
import { RunList } from "./run-list";
import { SourceCard } from "./source-card";
import { inOrder, isSetUp, sourceKey } from "./source-words";

const RUNNING_MS = 2_000;
const RESTING_MS = 15_000;

/** Each source: what its provider can prove, what is missing, and its keys; below, the newest runs. */
export function CoveragePage({ rights }: { rights: Rights }) {
  const [asked, setAsked] = useState<SourceCoverage | "any" | null>(null);
  const { data, refetch } = useLiveQuery(coverageQuery(), {
    interval: (sources) => (sources.some(({ running }) => running) ? RUNNING_MS : RESTING_MS),
  });
  if (data.length === 0) {
    return (
      <Notice icon={Scale} title="No source to reconcile">
        None of your organisations has a source of its own. An administrator adds one under Sources.
      </Notice>
    );
  }
  const sources = inOrder(data);
  const setUp = sources.filter(isSetUp);
  const rest = sources.filter((source) => !isSetUp(source));
  const watched = sources.filter(({ is_on }) => is_on).length;
  return (
    <div className="max-w-[80rem]">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 pb-4">
        <div className="max-w-[44rem]">
          <p className="font-medium" data-testid="watched">
            {watched === 0
              ? "No source is watched yet: enter an API key for one of those below."
              : `${watched} of ${plural(sources.length, "source")} ${watched === 1 ? "is" : "are"} watched.`}
          </p>
          <p className="text-pretty text-quiet">
            Reconciliation asks a provider what should be here, and names what never arrived. What is missing can be
            back-filled: stored, and delivered as a replay.
          </p>
        </div>
        <PermissionGuard forbidden={rights.forbiddenToCheck}>
          <Button variant="primary" data-testid="check-window" onClick={() => setAsked("any")}>
            Check a window…
          </Button>
        </PermissionGuard>
      </div>
      {setUp.length > 0 && (
        <ul className="border-t">
          {setUp.map((source) => (
            <SourceCard
              key={sourceKey(source)}
              source={source}
              rights={rights}
              onCheck={() => setAsked(source)}
              onChanged={() => void refetch()}
            />
          ))}
        </ul>
      )}
      {rest.length > 0 && <NotSetUp sources={rest} rights={rights} onChanged={() => void refetch()} />}
      <RunList />
      {asked && (
        <CheckWindowDialog
          sources={sources}
          chosen={asked === "any" ? undefined : asked}
          rights={rights}
          onClose={() => setAsked(null)}
        />
      )}
    </div>
  );
}
