"use client";

import { Redo2, Siren } from "lucide-react";
import { useState } from "react";
import { useLiveQuery } from "@/lib/client/live-query";
import { reconciliationQuery } from "@/lib/client/queries/reconciliations";
import { FINDING_KINDS, isUnderWay } from "@/lib/contract/reconciliations";
import { OpenIncidentDialog } from "../incident-dialog/lazy-open-incident-dialog";
import { MAY_NOT_OPEN_INCIDENT } from "../incident-dialog/may-not-open";
import { InertText } from "../inert-text";
import { PermissionGuard } from "../permissions/permission-guard";
import { forbiddenTo } from "../permissions/replay-permissions";
import { ProviderMark } from "../provider";
import { ReplaySheet } from "../replay-sheet/lazy-replay-sheet";
import { ExactTime } from "../time";
import { Button } from "../ui/button";
import { AskedRequests } from "./asked-requests";
import { CancelRun } from "./cancel-run";
import { ConfigurationProblems } from "./configuration-problems";
import { CountedTypes } from "./counted-types";
import { FindingGroup } from "./finding-group";
import { KindTiles } from "./kind-tiles";
import type { Rights } from "./rights";
import { RunFacts } from "./run-facts";
import { RunProgress } from "./run-progress";
import { RunStatusBadge } from "./run-status";
import { sourceName } from "./source-words";
import { openOf, verdictOf } from "./words";

const RUNNING_MS = 1_000;
const REPAIRING_MS = 2_000;
const RESTING_MS = 15_000;

/** One run: its state in a sentence, what it found by kind, how to bring it back, and what was asked. Live until it ends. */
export function RunPage({ id, rights }: { id: string; rights: Rights }) {
  const [backFilling, setBackFilling] = useState<string[] | "all" | null>(null);
  const [opening, setOpening] = useState(false);
  const {
    data: run,
    refetch,
    error,
  } = useLiveQuery(reconciliationQuery(id), {
    interval: ({ status, back_filling }) => {
      if (isUnderWay(status)) return RUNNING_MS;
      return back_filling > 0 ? REPAIRING_MS : RESTING_MS;
    },
  });
  const open = openOf(run) - run.back_filling;
  const ended = !isUnderWay(run.status);
  return (
    <>
      <header>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <RunStatusBadge status={run.status} large />
          <p className="flex min-w-0 items-center gap-2 text-quiet max-md:basis-full">
            <ProviderMark slug={run.provider_slug} />
            <span className="min-w-0 [overflow-wrap:anywhere]">
              <InertText text={sourceName({ provider_slug: run.provider_slug, name: run.source_name })} />
              {", "}
              <ExactTime at={run.from_ts} /> to <ExactTime at={run.to_ts} />
            </span>
          </p>
          <div className="ml-auto flex flex-wrap gap-2 max-md:ml-0">
            {!ended && <CancelRun run={run} forbidden={rights.forbiddenToCheck} onCancelled={() => void refetch()} />}
            {ended && open > 0 && (
              <PermissionGuard forbidden={forbiddenTo(rights.replay, "matching")}>
                <Button variant="primary" data-testid="back-fill-all" onClick={() => setBackFilling("all")}>
                  <Redo2 /> Back-fill all of it…
                </Button>
              </PermissionGuard>
            )}
            {ended && open > 0 && (
              <PermissionGuard forbidden={rights.replay.mayReplay ? null : MAY_NOT_OPEN_INCIDENT}>
                <Button data-testid="incident-of-run" onClick={() => setOpening(true)}>
                  <Siren /> Open incident…
                </Button>
              </PermissionGuard>
            )}
          </div>
        </div>
        <h1
          className="mt-3 text-balance font-semibold text-xl tracking-tight [overflow-wrap:anywhere] max-md:text-lg"
          aria-live="polite"
          data-testid="run-verdict"
        >
          {verdictOf(run)}
        </h1>
        {run.reason && (
          <p className="mt-1 text-pretty text-amber [overflow-wrap:anywhere]" data-testid="run-reason">
            <InertText text={run.reason} />
          </p>
        )}
      </header>
      <RunProgress run={run} lost={error !== null} />
      <div className="mt-6 grid grid-cols-[minmax(0,1fr)] gap-x-10 gap-y-8 xl:grid-cols-[minmax(0,1fr)_17rem]">
        <div className="min-w-0">
          <KindTiles run={run} />
          <ConfigurationProblems run={run} rights={rights} />
          <CountedTypes run={run} />
          {FINDING_KINDS.map((kind) => (
            <FindingGroup key={kind} run={run} kind={kind} rights={rights} onBackFill={setBackFilling} />
          ))}
          <AskedRequests run={run} />
        </div>
        <RunFacts run={run} />
      </div>
      {opening && (
        <OpenIncidentDialog
          target={{
            kind: "run",
            reconciliation: run.id,
            from_ts: run.from_ts,
            to_ts: run.to_ts,
            title:
              `${sourceName({ provider_slug: run.provider_slug, name: run.source_name })}: ${verdictOf(run)}`.slice(
                0,
                200,
              ),
            cause: `Found by ${run.id}.`,
          }}
          mayGrow={false}
          onClose={() => setOpening(false)}
        />
      )}
      {backFilling && (
        <ReplaySheet
          target={{ kind: "findings", reconciliation: run.id, findingIds: backFilling }}
          onClose={() => {
            setBackFilling(null);
            void refetch();
          }}
        />
      )}
    </>
  );
}
