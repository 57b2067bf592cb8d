"use client";

import { useMutation } from "@tanstack/react-query";
import { changeIncident } from "@/lib/client/incidents";
import { type Incident, isClosed } from "@/lib/contract/incident-words";
import { SEVERITIES } from "@/lib/contract/incidents";
import { Fact } from "../fact";
import { plural } from "../format";
import { InertText } from "../inert-text";
import { PermissionGuard } from "../permissions/permission-guard";
import { ExactTime, RelativeTime } from "../time";
import { sayFailed } from "../toasts";
import { Button } from "../ui/button";
import { ResponseClock } from "./response-clock";
import { forbiddenToHandle, type IncidentRights } from "./rights";
import { moneyAtStake, moneyLeft } from "./words";

/** Who takes care of it, how bad it is, what happened and when. */
export function IncidentFacts({
  incident,
  rights,
  onChanged,
}: {
  incident: Incident;
  rights: IncidentRights;
  onChanged: () => void;
}) {
  const stake = moneyAtStake(incident);
  const left = moneyLeft(incident);
  const { organisations } = incident.impact;
  const known = organisations.filter(({ org_id }) => org_id !== null).length;
  return (
    <aside aria-label="About this incident">
      <dl className="space-y-2.5 max-xl:grid max-xl:grid-cols-2 max-xl:gap-x-6 md:max-xl:grid-cols-3">
        <Fact name="Owner">
          <Owner {...{ incident, rights, onChanged }} />
          <ResponseClock incident={incident} className="block text-sm" />
        </Fact>
        <Fact name="Severity">{SEVERITIES[incident.severity].label}</Fact>
        <Fact name="Affected">
          {plural(incident.counts.total, "event")}
          {known > 0 && <span className="text-quiet"> of {plural(known, "merchant")}</span>}
        </Fact>
        <Fact name="Money at stake">
          {stake ? (
            <>
              <span className="tabular-nums">{stake}</span>
              {left && left !== stake && <span className="block text-quiet text-sm">{left} not verified yet</span>}
            </>
          ) : (
            <span className="text-faint">unknown: no event names an amount</span>
          )}
        </Fact>
        <Fact name="Window">
          <ExactTime at={incident.from_ts} />
          <span className="block">
            to <ExactTime at={incident.to_ts} />
          </span>
        </Fact>
        <Fact name="What happened">
          <span className="whitespace-pre-wrap">
            <InertText text={incident.cause} />
          </span>
        </Fact>
        <Fact name="Opened">
          <RelativeTime at={incident.opened_at} />
          <span className="block text-quiet">
            by <InertText text={incident.actor} />
          </span>
        </Fact>
        {incident.verified_at && (
          <Fact name="Verified">
            <RelativeTime at={incident.verified_at} />
          </Fact>
        )}
        {incident.closed_at && (
          <Fact name="Closed">
            <RelativeTime at={incident.closed_at} />
            <span className="block text-quiet">
              {incident.closed_by === null ? "by itself" : <InertText text={`by ${incident.closed_by}`} />}
            </span>
          </Fact>
        )}
      </dl>
    </aside>
  );
}

function Owner({ incident, rights, onChanged }: { incident: Incident; rights: IncidentRights; onChanged: () => void }) {
  const take = useMutation({
    mutationFn: () => changeIncident(incident.id, { owner: rights.email }),
    onError: (error) => void sayFailed(error, "It was not taken over."),
    onSettled: onChanged,
  });
  const isMine = incident.owner !== null && incident.owner === rights.email;
  return (
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1" data-testid="incident-owner">
      {incident.owner ? (
        <span className="min-w-0 [overflow-wrap:anywhere]">
          <InertText text={incident.owner} />
        </span>
      ) : (
        <span className="text-amber">none</span>
      )}
      {!isMine && rights.email && !isClosed(incident.state) && (
        <PermissionGuard forbidden={forbiddenToHandle(rights)}>
          <Button size="sm" data-testid="take-over" disabled={take.isPending} onClick={() => take.mutate()}>
            {take.isPending ? "Taking…" : incident.owner ? "Take over" : "Take it"}
          </Button>
        </PermissionGuard>
      )}
    </span>
  );
}
