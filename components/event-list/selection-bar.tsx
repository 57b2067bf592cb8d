"use client";

import { useQuery } from "@tanstack/react-query";
import { CheckCheck, Redo2, Siren, X } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { eventCountQuery } from "@/lib/client/queries/events";
import { clearSelection } from "@/lib/client/selection";
import type { EventFilter } from "@/lib/contract/event-filter";
import { count } from "../format";
import { OpenIncidentDialog } from "../incident-dialog/lazy-open-incident-dialog";
import { MAY_NOT_OPEN_INCIDENT } from "../incident-dialog/may-not-open";
import { PermissionGuard } from "../permissions/permission-guard";
import { forbiddenTo, MAY_NOT_RESOLVE, type ReplayPermissions } from "../permissions/replay-permissions";
import type { ReplayTarget } from "../replay-sheet/replay-target";
import { Button } from "../ui/button";

const ResolveDialog = dynamic(() => import("../forms/resolve-dialog").then((module) => module.ResolveDialog), {
  ssr: false,
});

/** The number at which the API stops counting. */
const MOST_COUNTED = 10_000;

/** The actions for the selected events. Appears at the bottom with the first selected row. */
export function SelectionBar({
  ticked,
  filter,
  wholePage,
  more,
  rights,
  onReplay,
}: {
  ticked: ReadonlySet<string>;
  filter: EventFilter;
  wholePage: boolean;
  /** The filter matches more than this page. */
  more: boolean;
  rights: ReplayPermissions;
  onReplay: (target: ReplayTarget) => void;
}) {
  const [matching, setMatching] = useState(false);
  const [resolving, setResolving] = useState(false);
  const [opening, setOpening] = useState(false);
  const words = useMatchingText(filter, wholePage && more);
  if (ticked.size === 0) return null;
  const all = matching && wholePage;
  const close = () => {
    setMatching(false);
    clearSelection();
  };
  return (
    <>
      <div
        role="toolbar"
        aria-label="Selected events"
        className="sticky bottom-4 z-20 mx-auto mt-4 flex w-fit max-w-full animate-rise flex-wrap items-center gap-2 rounded-md border border-line-strong bg-raised p-2 shadow-float"
      >
        <Button
          variant="ghost"
          size="icon"
          aria-label="Clear the selection"
          title="Clear the selection"
          onClick={close}
        >
          <X />
        </Button>
        <span className="font-medium tabular-nums" data-testid="selected-count">
          {all ? words : `${count(ticked.size)} selected`}
        </span>
        {wholePage && more && !all && (
          <Button variant="ghost" size="sm" className="text-accent" onClick={() => setMatching(true)}>
            {words}
          </Button>
        )}
        <span className="mx-1 h-5 w-px bg-line max-md:hidden" />
        <PermissionGuard forbidden={forbiddenTo(rights, all ? "matching" : ticked.size)}>
          <Button
            variant="primary"
            data-testid="replay-selected"
            onClick={() => onReplay(all ? { kind: "matching", filter } : { kind: "chosen", eventIds: [...ticked] })}
          >
            <Redo2 /> Replay…
          </Button>
        </PermissionGuard>
        {!all && (
          <PermissionGuard forbidden={rights.mayReplay ? null : MAY_NOT_RESOLVE}>
            <Button data-testid="resolve-selected" className="max-md:[&_svg]:hidden" onClick={() => setResolving(true)}>
              <CheckCheck /> Mark resolved…
            </Button>
          </PermissionGuard>
        )}
        <PermissionGuard forbidden={rights.mayReplay ? null : MAY_NOT_OPEN_INCIDENT}>
          <Button data-testid="incident-selected" className="max-md:[&_svg]:hidden" onClick={() => setOpening(true)}>
            <Siren /> Open incident…
          </Button>
        </PermissionGuard>
      </div>
      {opening && (
        <OpenIncidentDialog
          target={all ? { kind: "matching", filter } : { kind: "chosen", eventIds: [...ticked] }}
          mayGrow={rights.mayReplayMany}
          onClose={() => setOpening(false)}
        />
      )}
      {resolving && <ResolveDialog eventIds={[...ticked]} onClose={() => setResolving(false)} onResolved={close} />}
    </>
  );
}

/** Counts only when the choice appears: counting costs more than a page. */
function useMatchingText(filter: EventFilter, offered: boolean): string {
  const { data } = useQuery({
    ...eventCountQuery(filter),
    enabled: offered,
  });
  if (data === undefined) return "All that match this filter";
  return data < MOST_COUNTED ? `All ${count(data)} that match` : `All that match, more than ${count(MOST_COUNTED)}`;
}
