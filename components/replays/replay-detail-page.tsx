"use client";

import { Download } from "lucide-react";
import { isEnded, useLiveReplay } from "@/lib/client/live-replay";
import { exportAddress, type ItemOutcome } from "@/lib/client/replays";
import { outcomesOf } from "../charts/outcome-bar";
import { selectionText } from "../filters/selection-text";
import { HoldAction } from "../holds/hold-action";
import { HoldLine } from "../holds/hold-line";
import { replayHoldSentence } from "../holds/hold-text";
import { InertText } from "../inert-text";
import { forbiddenTo, type ReplayPermissions } from "../permissions/replay-permissions";
import { OUTCOME_STYLE, ReplayStatusBadge } from "../status/replay-status";
import { useClockFormat, useTimeFormat } from "../time";
import { Button } from "../ui/button";
import { FailureGroups } from "./failure-groups";
import { ItemList } from "./item-list";
import { OutcomeTiles } from "./outcome-tiles";
import { ProgressPanel } from "./progress-panel";
import { ReplayFacts } from "./replay-facts";
import { headlineOf } from "./replay-headline";
import { SteerButtons } from "./steer-buttons";
import { TrialPanel } from "./trial-panel";

/** One replay: its state in a sentence, the outcomes of its items, why some failed, and the proof. Live until it ends. */
export function ReplayDetailPage({
  id,
  outcome,
  rights,
}: {
  id: string;
  outcome: ItemOutcome | undefined;
  rights: ReplayPermissions;
}) {
  const { replay, refetch, lost } = useLiveReplay(id);
  const selection = selectionText(replay, useTimeFormat());
  const ended = isEnded(replay.status);
  const clock = useClockFormat();
  return (
    <>
      <header>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <ReplayStatusBadge status={replay.status} large />
          <p className="min-w-0 truncate text-quiet max-md:basis-full">
            <InertText text={selection} />
          </p>
          <div className="ml-auto flex flex-wrap gap-2 max-md:ml-0">
            <SteerButtons replay={replay} forbidden={forbiddenTo(rights, 1)} onSteered={() => void refetch()} />
            {(["csv", "json"] as const).map((format) => (
              <Button key={format} asChild>
                <a href={exportAddress(replay.id, format)} download data-testid={`export-${format}`}>
                  <Download /> {format.toUpperCase()}
                </a>
              </Button>
            ))}
          </div>
        </div>
        <h1
          className="mt-3 text-balance font-semibold text-xl tracking-tight [overflow-wrap:anywhere] max-md:text-lg"
          aria-live="polite"
          data-testid="replay-verdict"
        >
          <InertText text={headlineOf(replay)} />
        </h1>
      </header>
      {replay.summary.trial && replay.status !== "draft" && <TrialPanel trial={replay.summary.trial} />}
      <ProgressPanel replay={replay} lost={lost} />
      {(!ended || replay.in_progress > 0) &&
        replay.summary.holds.map((hold) => (
          <HoldLine key={`${hold.destination_id} ${hold.why}`} words={replayHoldSentence(hold, clock)}>
            <HoldAction hold={hold} />
          </HoldLine>
        ))}
      <div className="mt-6 grid grid-cols-[minmax(0,1fr)] gap-x-10 gap-y-8 xl:grid-cols-[minmax(0,1fr)_16rem]">
        <div className="min-w-0">
          <OutcomeTiles address={`/replays/${replay.id}`} outcomes={outcomesOf(replay.summary)} chosen={outcome} />
          <FailureGroups replay={replay} rights={rights} ended={ended} />
          <section aria-label="Items" className="mt-6">
            <h2 className="font-semibold text-lg">
              {outcome ? OUTCOME_STYLE[outcome].label : "Every delivery"}
              {outcome && (
                <span className="ml-2 font-normal text-base text-quiet">{OUTCOME_STYLE[outcome].meaning}</span>
              )}
            </h2>
            <ItemList key={outcome ?? "all"} replay={replay} outcome={outcome} />
          </section>
        </div>
        <ReplayFacts replay={replay} />
      </div>
    </>
  );
}
