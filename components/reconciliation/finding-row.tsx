"use client";

import { ChevronRight, Redo2 } from "lucide-react";
import { useState } from "react";
import type { Finding } from "@/lib/contract/reconciliations";
import { InertText } from "../inert-text";
import { MiddleTruncated } from "../middle-truncated";
import { PermissionGuard } from "../permissions/permission-guard";
import { forbiddenTo } from "../permissions/replay-permissions";
import { ExactTime } from "../time";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { FindingComparison } from "./finding-comparison";
import type { Rights } from "./rights";
import { FindingStateBadge } from "./run-status";

/** One finding. Unfolded, it shows the provider's object next to ours. */
export function FindingRow({
  finding,
  rights,
  onBackFill,
}: {
  finding: Finding;
  rights: Rights;
  onBackFill: () => void;
}) {
  const [open, setOpen] = useState(false);
  const { event_key, logical_key, event_type, detail, state, occurred_at } = finding;
  return (
    <li className="border-b" data-testid="finding">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1.5">
        <button
          type="button"
          aria-expanded={open}
          aria-label={`Compare ${event_type} ${event_key ?? logical_key ?? finding.id}`}
          className="flex min-w-0 flex-1 basis-72 items-center gap-2 rounded-sm text-left hover:text-accent"
          onClick={() => setOpen(!open)}
        >
          <ChevronRight
            aria-hidden="true"
            className={cn("size-3.5 shrink-0 text-faint transition-transform duration-150", open && "rotate-90")}
          />
          <span className="shrink-0 font-medium">
            <InertText text={event_type} />
          </span>
          <span className="min-w-0 max-w-80 font-mono text-quiet text-sm">
            <MiddleTruncated text={event_key ?? logical_key ?? finding.id} tail={8} />
          </span>
        </button>
        <span className="text-quiet text-sm tabular-nums">
          <ExactTime at={occurred_at} />
        </span>
        <span className="w-28 max-md:w-auto">
          <FindingStateBadge state={state} />
        </span>
        <span className="w-26 text-right max-md:w-auto">
          {finding.may_back_fill && (
            <PermissionGuard forbidden={forbiddenTo(rights.replay, 1)}>
              <Button size="sm" onClick={onBackFill}>
                <Redo2 /> Back-fill…
              </Button>
            </PermissionGuard>
          )}
        </span>
      </div>
      {detail && (
        <p className="pb-2 pl-5.5 text-pretty text-quiet text-sm [overflow-wrap:anywhere]">
          <InertText text={detail} />
        </p>
      )}
      {open && <FindingComparison finding={finding} />}
    </li>
  );
}
