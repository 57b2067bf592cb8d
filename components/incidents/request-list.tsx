"use client";

import { useState } from "react";
import { INCIDENT_REQUEST_ACTION, type Incident, type IncidentRequest } from "@/lib/contract/incident-words";
import { InertText } from "../inert-text";
import { PermissionGuard } from "../permissions/permission-guard";
import { RelativeTime } from "../time";
import { Button } from "../ui/button";
import { DecideDialog } from "./decide-dialog";
import { requestInputText } from "./request-text";
import type { IncidentRights } from "./rights";

const OWN = "You asked for it, so another administrator has to decide.";
const NOT_ADMIN = "Only an administrator may decide.";

/** What people asked an administrator for and that is not decided yet. */
export function RequestList({
  incident,
  rights,
  onChanged,
}: {
  incident: Incident;
  rights: IncidentRights;
  onChanged: () => void;
}) {
  const [deciding, setDeciding] = useState<{ request: IncidentRequest; approve: boolean } | null>(null);
  const waiting = incident.requests.filter(({ is_approved }) => is_approved === null);
  if (waiting.length === 0) return null;
  return (
    <section aria-label="Requests" className="mt-3">
      <ul className="space-y-2">
        {waiting.map((request) => {
          const forbidden = rights.mayDecide ? (request.actor === rights.name ? OWN : null) : NOT_ADMIN;
          return (
            <li
              key={request.id}
              data-testid="incident-request"
              className="flex flex-wrap items-start gap-x-4 gap-y-2 rounded-md bg-tint px-4 py-3 text-amber"
            >
              <div className="min-w-0 flex-1 basis-72 text-ink">
                <p className="text-pretty font-medium [overflow-wrap:anywhere]">
                  <InertText text={request.actor} /> asks to {INCIDENT_REQUEST_ACTION[request.action]}.
                </p>
                <p className="text-pretty text-quiet [overflow-wrap:anywhere]">
                  “<InertText text={request.reason} />”{" "}
                  <RelativeTime at={request.requested_at} className="text-faint" />
                </p>
                {requestInputText(request) && (
                  <p className="text-pretty text-quiet text-sm">{requestInputText(request)}</p>
                )}
              </div>
              <div className="flex gap-2 text-ink">
                <PermissionGuard forbidden={forbidden}>
                  <Button data-testid="request-decline" onClick={() => setDeciding({ request, approve: false })}>
                    Decline…
                  </Button>
                </PermissionGuard>
                <PermissionGuard forbidden={forbidden}>
                  <Button
                    variant="primary"
                    data-testid="request-approve"
                    onClick={() => setDeciding({ request, approve: true })}
                  >
                    Approve…
                  </Button>
                </PermissionGuard>
              </div>
            </li>
          );
        })}
      </ul>
      {deciding && (
        <DecideDialog incident={incident} {...deciding} onClose={() => setDeciding(null)} onChanged={onChanged} />
      )}
    </section>
  );
}
