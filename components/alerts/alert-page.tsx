"use client";

import Link from "next/link";
import { useState } from "react";
import { useLiveQuery } from "@/lib/client/live-query";
import { alertQuery } from "@/lib/client/queries/alerts";
import { duration } from "../format";
import { InertText } from "../inert-text";
import { alertReason } from "../status/alert-reason";
import { SeverityMark } from "../status/severity-mark";
import { RelativeTime } from "../time";
import { Button } from "../ui/button";
import { AlertActions } from "./alert-actions";
import { AlertFacts } from "./alert-facts";
import { AlertStateBadge } from "./alert-state";
import { linkOf } from "./alert-text";
import { type AlertWindow, AlertWindows } from "./alert-windows";
import type { AlertRights } from "./rights";
import { ToldList } from "./told-list";

const FIRING_MS = 3_000;
const OVER_MS = 30_000;

/** One alert: what is wrong, why it fires, who was told, and what to do. Live while it fires. */
export function AlertPage({ id, rights }: { id: string; rights: AlertRights }) {
  const [open, setOpen] = useState<AlertWindow | null>(null);
  const { data: alert } = useLiveQuery(alertQuery(id), {
    // Polled: nothing reports when a channel was told.
    interval: (one) => (one.resolved_at === null ? FIRING_MS : OVER_MS),
  });
  const link = linkOf(alert);
  return (
    <>
      <header>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <SeverityMark severity={alert.severity} large />
          <AlertStateBadge alert={alert} large />
          <span className="text-quiet tabular-nums">
            {alert.resolved_at === null ? (
              <>
                fired <RelativeTime at={alert.fired_at} />
              </>
            ) : (
              `lasted ${duration(Date.parse(alert.resolved_at) - Date.parse(alert.fired_at))}`
            )}
          </span>
          <div className="ml-auto flex gap-2">
            <AlertActions large alert={alert} rights={rights} onOpen={setOpen} />
          </div>
        </div>
        <h1 className="mt-3 text-balance font-semibold text-xl tracking-tight [overflow-wrap:anywhere] max-md:text-lg">
          <InertText text={alert.rule} />
        </h1>
        <p className="mt-0.5 max-w-3xl text-pretty text-lg [overflow-wrap:anywhere]" data-testid="alert-why">
          <InertText text={alertReason(alert)} />
        </p>
        {alert.suppressed_because && (
          <p className="mt-1 text-quiet [overflow-wrap:anywhere]">
            <InertText text={alert.suppressed_because} />
          </p>
        )}
        {link && (
          <Button asChild className="mt-3">
            <Link href={link.href} prefetch={false} data-testid="alert-link">
              {link.label}
            </Link>
          </Button>
        )}
      </header>
      <div className="mt-8 grid grid-cols-[minmax(0,1fr)] gap-x-10 gap-y-8 xl:grid-cols-[minmax(0,1fr)_17rem]">
        <ToldList alert={alert} />
        <AlertFacts alert={alert} />
      </div>
      <AlertWindows open={open} alert={alert} rights={rights} onClose={() => setOpen(null)} />
    </>
  );
}
