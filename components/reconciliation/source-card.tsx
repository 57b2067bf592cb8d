"use client";

import { CircleCheck, CircleMinus } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { COVERAGE_KIND, RECONCILIATION_TRIGGER, type SourceCoverage } from "@/lib/contract/reconciliations";
import { Fact } from "../fact";
import { count } from "../format";
import { InertText } from "../inert-text";
import { ProviderMark, providerName } from "../provider";
import { StatusIcon } from "../status/status-badge";
import { DueTime, ExactTime, RelativeTime } from "../time";
import { ConfigurationDialog } from "./configuration-dialog";
import { CredentialsDialog } from "./credentials-dialog";
import { DeadlineText } from "./deadline-text";
import { KeyState } from "./key-state";
import { OpenFindings } from "./open-findings";
import type { Rights } from "./rights";
import { RunStatusBadge } from "./run-status";
import { ScheduleDialog } from "./schedule-dialog";
import { SourceActions, type SourceWindow } from "./source-actions";
import { newerTrouble, stateOf } from "./source-words";

/** One source: what its provider can prove, what is missing now, when it was and will be asked, and its key. */
export function SourceCard({
  source,
  rights,
  onCheck,
  onChanged,
}: {
  source: SourceCoverage;
  rights: Rights;
  onCheck: () => void;
  onChanged: () => void;
}) {
  const [open, setOpen] = useState<SourceWindow | null>(null);
  const close = () => setOpen(null);
  const { provider_slug: slug, coverage, credentials, watch } = source;
  const { words, isOn } = stateOf(source);
  // What was never asked has no results to show.
  const wasAsked = isOn || source.last_run !== null || source.running !== null;
  return (
    <li
      id={source.source_id ?? slug}
      data-testid={`coverage-${source.source_id ?? slug}`}
      className="grid scroll-mt-16 grid-cols-[21rem_minmax(0,1fr)] gap-x-10 gap-y-3 border-b py-5 max-lg:grid-cols-[minmax(0,1fr)]"
    >
      <div className="min-w-0">
        <h2 className="flex items-center gap-2.5 font-semibold text-lg">
          <ProviderMark slug={slug} className="size-6" />
          <span className="min-w-0 [overflow-wrap:anywhere]">
            {providerName(slug)}
            {source.name !== null && (
              <span className="font-normal text-quiet">
                {" · "}
                <InertText text={source.name} />
              </span>
            )}
          </span>
        </h2>
        <p className="mt-2 flex items-start gap-1.5">
          <StatusIcon
            look={isOn ? { icon: CircleCheck, tone: "text-green" } : { icon: CircleMinus, tone: "text-grey" }}
            className="mt-0.75"
          />
          <span data-testid="watch-state" className={isOn ? "font-medium" : "font-medium text-quiet"}>
            {words}
          </span>
        </p>
        {coverage && (
          <>
            <p className="mt-2 text-pretty text-quiet">
              <span className="font-medium text-ink">{COVERAGE_KIND[coverage.kind].label}.</span> {coverage.proves}
            </p>
            <p className="mt-1 text-pretty text-quiet text-sm">It cannot see: {coverage.misses}</p>
          </>
        )}
      </div>
      <div className="min-w-0">
        {coverage ? (
          <>
            <dl className="grid grid-cols-[8.5rem_minmax(0,1fr)] gap-y-1 max-sm:grid-cols-[6.5rem_minmax(0,1fr)]">
              <Fact inColumns name="Missing now">
                <OpenFindings source={source} />
              </Fact>
              {wasAsked && (
                <>
                  <Fact inColumns name="Repaired, 24 h">
                    <span className="tabular-nums">
                      {count(source.repaired_24h)}
                      {source.late_24h > 0 && <span className="text-quiet">, {count(source.late_24h)} came late</span>}
                    </span>
                  </Fact>
                  <Fact inColumns name="Last complete">
                    <LastComplete source={source} />
                  </Fact>
                </>
              )}
              {source.running && (
                <Fact inColumns name="Now">
                  <Link href={`/reconciliation/${source.running.id}`} className="hover:underline">
                    <RunStatusBadge status={source.running.status} />
                  </Link>{" "}
                  <span className="text-quiet">started by {RECONCILIATION_TRIGGER[source.running.started_by]}</span>
                </Fact>
              )}
              <Fact inColumns name="Reaches back">
                <DeadlineText source={source} />
              </Fact>
              {wasAsked && (
                <Fact inColumns name="Next run">
                  {isOn && watch.next_run_at ? (
                    <DueTime at={watch.next_run_at} />
                  ) : (
                    <span className="text-faint">{isOn ? "soon" : "none"}</span>
                  )}
                  {isOn && watch.back_fills && <span className="text-quiet">, and back-fills what it finds</span>}
                </Fact>
              )}
              <Fact inColumns name="API key">
                <KeyState source={source} forbidden={rights.forbiddenToManage} onTested={onChanged} />
              </Fact>
            </dl>
            <SourceActions source={source} rights={rights} onCheck={onCheck} onOpen={setOpen} />
          </>
        ) : (
          <p className="text-pretty text-quiet">
            What never arrives from {providerName(slug)} stays unknown here. Compare with its own dashboard.
          </p>
        )}
      </div>
      {open === "key" && credentials && (
        <CredentialsDialog source={source} credentials={credentials} onClose={close} onSaved={onChanged} />
      )}
      {open === "schedule" && <ScheduleDialog source={source} rights={rights} onClose={close} onSaved={onChanged} />}
      {open === "configuration" && <ConfigurationDialog source={source} rights={rights} onClose={close} />}
    </li>
  );
}

function LastComplete({ source }: { source: SourceCoverage }) {
  const { last_complete: run } = source;
  const trouble = newerTrouble(source);
  return (
    <>
      {run ? (
        <>
          <Link href={`/reconciliation/${run.id}`} className="font-medium hover:underline">
            {run.completed_at ? <RelativeTime at={run.completed_at} /> : run.id}
          </Link>
          <span className="text-quiet">
            , of <ExactTime at={run.from_ts} /> to <ExactTime at={run.to_ts} />
          </span>
        </>
      ) : (
        <span className="text-faint">none yet</span>
      )}
      {trouble && (
        <span className="mt-0.5 block text-pretty">
          <Link href={`/reconciliation/${trouble.id}`} className="hover:underline">
            <RunStatusBadge status={trouble.status} />
          </Link>{" "}
          <RelativeTime at={trouble.completed_at ?? trouble.created_at} className="text-quiet" />
          {trouble.reason && (
            <span className="block text-quiet text-sm">
              <InertText text={trouble.reason} />
            </span>
          )}
        </span>
      )}
    </>
  );
}
