import Link from "next/link";
import type { Incident } from "@/lib/contract/incident-words";
import type { ReplayStatus } from "@/lib/contract/vocabulary";
import { OutcomeBar } from "../charts/outcome-bar";
import { count } from "../format";
import { InertText } from "../inert-text";
import { ReplayStatusBadge } from "../status/replay-status";

type Stage = Incident["stages"][number];

/** The replays of the recovery, one per stage, each with its progress. */
export function StageList({ stages }: { stages: Stage[] }) {
  if (stages.length === 0) return null;
  return (
    <ul className="mt-1.5 max-w-[44rem] border-t">
      {stages.map((stage) => (
        <li
          key={stage.number}
          data-testid="stage"
          className="grid grid-cols-[5.5rem_minmax(0,1fr)_8rem_7rem] items-center gap-x-3 border-b py-1.5 max-sm:grid-cols-[minmax(0,1fr)_auto] max-sm:gap-y-1"
        >
          <Link href={`/replays/${stage.replay_id}`} className="text-accent hover:underline">
            Stage {stage.number}
            <span className="ml-1.5 font-mono text-faint text-sm">{stage.replay_id}</span>
          </Link>
          <span className="max-sm:order-last max-sm:col-span-2">
            <OutcomeBar
              rough
              inProgress={0}
              outcomes={{
                delivered: stage.succeeded,
                failed: stage.failed,
                skipped: stage.skipped,
                waiting: Math.max(0, stage.total - stage.succeeded - stage.failed - stage.skipped),
              }}
            />
          </span>
          <span className="whitespace-nowrap text-right text-quiet text-sm tabular-nums max-sm:hidden">
            {count(stage.succeeded)} of {count(stage.total)}
            {stage.failed > 0 && <span className="text-red">, {count(stage.failed)} failed</span>}
          </span>
          <span className="text-right">
            <ReplayStatusBadge status={stage.status as ReplayStatus} />
          </span>
          {stage.stopped_because && (
            <span className="col-span-full text-pretty text-red text-sm [overflow-wrap:anywhere]">
              <InertText text={stage.stopped_because} />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
