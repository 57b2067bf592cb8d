"use client";

import { RotateCcw } from "lucide-react";
import { useState } from "react";
import type { ReplayDetail } from "@/lib/client/replays";
import { ERROR_CLASS } from "@/lib/contract/error-classes";
import type { ErrorClass } from "@/lib/contract/vocabulary";
import { count, plural } from "../format";
import { InertText } from "../inert-text";
import { PermissionGuard } from "../permissions/permission-guard";
import { forbiddenTo, type ReplayPermissions } from "../permissions/replay-permissions";
import { OUTCOME_STYLE } from "../status/replay-status";
import { StatusIcon } from "../status/status-badge";
import { Button } from "../ui/button";
import { type Failure, type FailureGroup, RetryDialog } from "./retry-dialog";

/** What failed: one group per error class with what to do about it, biggest first. */
export function FailureGroups({
  replay,
  rights,
  ended,
}: {
  replay: ReplayDetail;
  rights: ReplayPermissions;
  ended: boolean;
}) {
  const [asked, setAsked] = useState<FailureGroup | null>(null);
  const groups = groupsOf(replay.summary.failures);
  if (groups.length === 0) return null;
  return (
    <section aria-label="Failures" className="mt-6">
      <h2 className="font-semibold text-lg">Failures</h2>
      <ul className="mt-1 border-t">
        {groups.map((group) => (
          <li key={group.error_class} className="flex gap-3 border-b py-3 max-md:flex-wrap" data-testid="failure-group">
            <StatusIcon look={OUTCOME_STYLE.failed} className="mt-0.75" />
            <div className="min-w-0 flex-1 max-md:basis-[calc(100%-2rem)]">
              <p className="font-medium">
                {group.error_class ? ERROR_CLASS[group.error_class].label : "Failed"}{" "}
                <span className="text-red tabular-nums">{count(group.count)}</span>
              </p>
              {group.error_class && <p className="text-pretty text-quiet">{ERROR_CLASS[group.error_class].hint}</p>}
              <ul className="mt-1">
                {group.kinds.map((kind) => (
                  <li
                    key={`${kind.destination} ${kind.http_status} ${kind.message}`}
                    className="flex flex-wrap gap-x-2 text-sm"
                  >
                    <span className="shrink-0 tabular-nums">{count(kind.count)}</span>
                    <span className="min-w-0 text-quiet [overflow-wrap:anywhere]">{kind.destination}</span>
                    <code className="min-w-0 font-mono text-quiet [overflow-wrap:anywhere]">
                      <InertText text={kind.message ?? String(kind.http_status ?? "no message")} />
                    </code>
                  </li>
                ))}
              </ul>
            </div>
            {ended && (
              <PermissionGuard forbidden={forbiddenTo(rights, replay.failed)}>
                <Button data-testid="retry-failures" onClick={() => setAsked(group)}>
                  <RotateCcw /> {group.count === 1 ? "Retry it…" : `Retry these ${count(group.count)}…`}
                </Button>
              </PermissionGuard>
            )}
          </li>
        ))}
      </ul>
      {!ended && (
        <p className="mt-2 text-faint text-sm">{`${plural(replay.failed, "failure")} so far. They can be retried when the replay has ended.`}</p>
      )}
      {asked && <RetryDialog replay={replay} group={asked} onClose={() => setAsked(null)} />}
    </section>
  );
}

function groupsOf(failures: Failure[]): FailureGroup[] {
  const groups = new Map<ErrorClass | null, FailureGroup>();
  for (const failure of failures) {
    const group = groups.get(failure.error_class) ?? { error_class: failure.error_class, count: 0, kinds: [] };
    group.kinds.push(failure);
    group.count += failure.count;
    groups.set(failure.error_class, group);
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}
