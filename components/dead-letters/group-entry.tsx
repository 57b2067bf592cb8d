import { CheckCheck, Redo2, Siren } from "lucide-react";
import Link from "next/link";
import { type DeadLetterGroup, filterOfGroup } from "@/lib/contract/dead-letters";
import { ERROR_CLASS } from "@/lib/contract/error-classes";
import { count } from "../format";
import { InertText } from "../inert-text";
import { historyAddress } from "../links";
import { PermissionGuard } from "../permissions/permission-guard";
import { providerName } from "../provider";
import { EVENT_STATUS_STYLE } from "../status/event-status";
import { StatusIcon } from "../status/status-badge";
import { RelativeTime } from "../time";
import { Button } from "../ui/button";
import { groupSentence } from "./cause-text";
import { HourBars } from "./hour-bars";

/** One cause: what happened, what to do about it, how it developed, and the actions. */
export function GroupEntry({
  group,
  forbidden,
  onReplay,
  onResolve,
  onIncident,
}: {
  group: DeadLetterGroup;
  /** Why this person may not; null when they may. */
  forbidden: { replay: string | null; resolve: string | null; incident: string | null };
  onReplay: () => void;
  onResolve: () => void;
  onIncident: () => void;
}) {
  const { error_class, sample, first_at, last_at } = group;
  const contents = [...group.providers.map(providerName), ...group.event_types].join(" · ");
  return (
    <li className="flex gap-3 border-b py-4" data-testid="dead-letter-group">
      <StatusIcon look={EVENT_STATUS_STYLE.dead} className="mt-1 shrink-0" />
      <div className="flex min-w-0 flex-1 gap-x-8 gap-y-3 max-lg:flex-col">
        <div className="min-w-0 flex-1">
          <h2 className="text-pretty font-semibold [overflow-wrap:anywhere]">
            <InertText text={groupSentence(group)} />
          </h2>
          {error_class && <p className="text-pretty text-quiet">{ERROR_CLASS[error_class].hint}</p>}
          <p className="mt-1.5 text-sm">
            <code className="line-clamp-3 font-mono text-quiet [overflow-wrap:anywhere]">
              <InertText text={sample.error ?? "No message was recorded."} />
            </code>
          </p>
          <p className="mt-1.5 flex flex-wrap gap-x-3 text-faint text-sm">
            <span className="min-w-0 truncate">
              <InertText text={contents} />
            </span>
            <span className="whitespace-nowrap tabular-nums">
              first <RelativeTime at={first_at} className="text-quiet" />
            </span>
            <span className="whitespace-nowrap tabular-nums">
              last <RelativeTime at={last_at} className="text-quiet" />
            </span>
            <Link href={`/events/${sample.id}`} className="whitespace-nowrap text-accent hover:underline">
              Newest event
            </Link>
            <Link
              href={historyAddress(filterOfGroup(group))}
              data-testid="open-group"
              className="whitespace-nowrap text-accent hover:underline"
            >
              {group.count === 1 ? "In the history" : `All ${count(group.count)} in the history`}
            </Link>
          </p>
        </div>
        <HourBars hours={group.hours} />
        <div className="flex shrink-0 flex-wrap items-start gap-2">
          <PermissionGuard forbidden={forbidden.replay}>
            <Button data-testid="replay-group" onClick={onReplay}>
              <Redo2 /> Replay group…
            </Button>
          </PermissionGuard>
          <PermissionGuard forbidden={forbidden.resolve}>
            <Button variant="ghost" data-testid="resolve-group" onClick={onResolve}>
              <CheckCheck /> Mark resolved…
            </Button>
          </PermissionGuard>
          <PermissionGuard forbidden={forbidden.incident}>
            <Button variant="ghost" data-testid="incident-of-group" onClick={onIncident}>
              <Siren /> Open incident…
            </Button>
          </PermissionGuard>
        </div>
      </div>
    </li>
  );
}
