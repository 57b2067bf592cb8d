"use client";

import { BellRing, CircleCheck, CircleDashed } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { useLiveQuery } from "@/lib/client/live-query";
import { firingAlertsQuery } from "@/lib/client/queries/alerts";
import { type AlertFilter, printAlertFilter } from "@/lib/contract/alert-words";
import type { Alert } from "@/lib/contract/api/alerts";
import { plural } from "../format";
import { Notice } from "../notice";
import { RelativeTime } from "../time";
import { Button } from "../ui/button";
import { stateOf } from "./alert-state";
import { type AlertWindow, AlertWindows } from "./alert-windows";
import { FiringAlert } from "./firing-alert";
import type { AlertRights } from "./rights";

const FIRING_MS = 5_000;
const QUIET_MS = 15_000;
/** What needs a person first. */
const ORDER = ["firing", "acknowledged", "not_told", "resolved"];

/** What fires now, worst first, and when the rules were last evaluated. */
export function AlertBoard({ filter, rights }: { filter: AlertFilter; rights: AlertRights }) {
  const [open, setOpen] = useState<{ window: AlertWindow; alert: Alert } | null>(null);
  const { data } = useLiveQuery(firingAlertsQuery(filter), {
    topics: ["alerts"],
    interval: ({ alerts }) => (alerts.length > 0 ? FIRING_MS : QUIET_MS),
  });
  const alerts = [...data.alerts].sort(
    (a, b) =>
      ORDER.indexOf(stateOf(a)) - ORDER.indexOf(stateOf(b)) ||
      a.severity.localeCompare(b.severity) ||
      b.fired_at.localeCompare(a.fired_at),
  );
  return (
    <section aria-labelledby="firing">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 border-b pb-2">
        <h2 id="firing" className="font-medium">
          Firing
        </h2>
        <Evaluated at={data.evaluated_at} />
      </div>
      {alerts.length === 0 ? (
        <NothingFires filtered={printAlertFilter(filter) !== ""} evaluated={data.evaluated_at !== null} />
      ) : (
        <ul>
          {alerts.map((alert) => (
            <FiringAlert
              key={alert.id}
              alert={alert}
              rights={rights}
              onOpen={(window, about) => setOpen({ window, alert: about })}
            />
          ))}
        </ul>
      )}
      {data.next_cursor !== null && (
        <p className="pt-2 text-quiet text-sm">
          The newest {plural(alerts.length, "alert")}. More fire: use the filter.
        </p>
      )}
      <AlertWindows
        open={open?.window ?? null}
        alert={open?.alert ?? null}
        rights={rights}
        onClose={() => setOpen(null)}
      />
    </section>
  );
}

function Evaluated({ at }: { at: string | null }) {
  if (at === null) return <p className="text-amber text-sm">Rules were never evaluated: no worker runs.</p>;
  return (
    <p className="text-faint text-sm tabular-nums" data-testid="evaluated-at">
      Rules evaluated <RelativeTime at={at} />
    </p>
  );
}

function NothingFires({ filtered, evaluated }: { filtered: boolean; evaluated: boolean }) {
  if (!evaluated)
    return (
      <Notice icon={CircleDashed} title="Nothing is known yet">
        Rules are evaluated by the worker, once a minute. Start one: inside the server, or with npm run worker.
      </Notice>
    );
  return (
    <Notice
      icon={filtered ? BellRing : CircleCheck}
      title={filtered ? "No firing alert matches this filter" : "Nothing fires"}
      actions={
        <Button asChild>
          <Link href={filtered ? "/alerts" : "/alerts/rules"}>{filtered ? "Clear the filter" : "Show the rules"}</Link>
        </Button>
      }
    >
      {filtered
        ? "Matching alerts appear here automatically."
        : "Every rule is evaluated once a minute. What becomes bad appears here, with its reason, and is told by the channels."}
    </Notice>
  );
}
