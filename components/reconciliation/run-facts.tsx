import Link from "next/link";
import { RECONCILIATION_TRIGGER, type Reconciliation } from "@/lib/contract/reconciliations";
import { CopyButton } from "../copy-button";
import { Fact } from "../fact";
import { count } from "../format";
import { InertText } from "../inert-text";
import { ExactTime } from "../time";

/** Who asked for the run, what of, and what it compared. */
export function RunFacts({ run }: { run: Reconciliation }) {
  const { counts } = run;
  return (
    <aside aria-label="About this run">
      <dl className="space-y-2.5 max-xl:grid max-xl:grid-cols-2 max-xl:gap-x-6 md:max-xl:grid-cols-3">
        <Fact name="At the provider">
          <span className="tabular-nums">{count(counts.provider)}</span>
          <span className="text-quiet">, {count(counts.received)} of them here</span>
        </Fact>
        <Fact name="Repaired">
          <span className="tabular-nums">{count(counts.repaired)}</span>
          {counts.late > 0 && <span className="text-quiet">, {count(counts.late)} came late</span>}
        </Fact>
        <Fact name="Started by">
          {run.started_by === "person" ? <InertText text={run.actor} /> : RECONCILIATION_TRIGGER[run.started_by]}
        </Fact>
        <Fact name="What it does">{run.dry_run ? "Only finds" : "Finds, and back-fills"}</Fact>
        {run.org_id && (
          <Fact name="Organisation">
            <span className="font-mono text-sm">
              <InertText text={run.org_id} />
            </span>
          </Fact>
        )}
        {run.types && (
          <Fact name="Event types">
            <span className="font-mono text-sm">
              <InertText text={run.types.join(", ")} />
            </span>
          </Fact>
        )}
        {run.replay_id && (
          <Fact name="Back-fill">
            <Link href={`/replays/${run.replay_id}`} className="font-mono text-accent hover:underline">
              {run.replay_id}
            </Link>
          </Fact>
        )}
        {run.resent && <Fact name="Sent again">{sentAgain(run.resent)}</Fact>}
        <Fact name="Asked for">
          <ExactTime at={run.created_at} />
        </Fact>
        {run.completed_at && (
          <Fact name="Ended">
            <ExactTime at={run.completed_at} />
          </Fact>
        )}
        {run.request_id && (
          <Fact name="Request id">
            <span className="flex items-start gap-1">
              <span className="min-w-0 font-mono text-sm [overflow-wrap:anywhere]">
                <InertText text={run.request_id} />
              </span>
              <CopyButton text={run.request_id} what="request id" className="-my-0.5" />
            </span>
          </Fact>
        )}
      </dl>
    </aside>
  );
}

function sentAgain({ asked, failed_after, checked_at, problem }: NonNullable<Reconciliation["resent"]>): string {
  if (problem !== null) return problem;
  const first = asked === 0 ? "The provider has nothing that failed" : `Asked for ${asked ?? "what"} failed`;
  if (checked_at === null || failed_after === null) return first;
  return `${first}; a minute later ${count(failed_after)} were still failed`;
}
