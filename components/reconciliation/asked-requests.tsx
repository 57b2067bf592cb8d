"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { apiRequestsQuery } from "@/lib/client/queries/reconciliations";
import type { ApiRequestNote, Reconciliation } from "@/lib/contract/reconciliations";
import { CopyButton } from "../copy-button";
import { count, duration, plural } from "../format";
import { Problem } from "../forms/problem";
import { InertText } from "../inert-text";
import { type Column, cellClass, DataTable, rowClass } from "../table/data-table";
import { RelativeTime } from "../time";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { Skeleton } from "../ui/skeleton";

const COLUMNS = {
  status: { title: "Answer", className: "md:w-20" },
  request: { title: "Request", className: "" },
  entries: { title: "Entries", className: "md:w-18", numeric: true },
  took: { title: "Took", className: "md:w-18 md:max-lg:hidden", numeric: true },
  id: { title: "Provider's request id", className: "md:w-56 md:max-lg:hidden" },
  at: { title: "Asked", className: "md:w-20" },
} as const satisfies Record<string, Column>;

/** What was asked of the provider, with its own request ids: the evidence of a run, and what its support needs. */
export function AskedRequests({ run }: { run: Reconciliation }) {
  const [open, setOpen] = useState(false);
  return (
    <section aria-label="What was asked" className="mt-8">
      <h2 className="font-semibold text-lg">What was asked</h2>
      <p className="text-pretty text-quiet">
        {run.requests === 0
          ? "No request was made yet."
          : `${plural(run.requests, "request")} to the provider's API. Their ids are for the provider's support.`}
      </p>
      {run.requests > 0 && !open && (
        <Button size="sm" className="mt-2" data-testid="show-requests" onClick={() => setOpen(true)}>
          Show the requests
        </Button>
      )}
      {open && <Requests run={run} />}
    </section>
  );
}

function Requests({ run }: { run: Reconciliation }) {
  const query = useInfiniteQuery(apiRequestsQuery(run.id));
  const requests = query.data?.pages.flatMap((page) => page.requests) ?? [];
  if (query.error) return <Problem error={query.error} before="Could not load the requests." />;
  if (query.isPending) return <Skeleton className="mt-2 h-24 w-full" />;
  return (
    <>
      <DataTable
        caption="Requests to the provider, newest first"
        columns={Object.values(COLUMNS)}
        section
        className="mt-2"
      >
        {requests.map((request) => (
          <RequestRow key={request.id} request={request} />
        ))}
      </DataTable>
      {query.hasNextPage && (
        <Button size="sm" className="mt-2" disabled={query.isFetching} onClick={() => void query.fetchNextPage()}>
          {query.isFetching ? "Loading…" : "Show older ones"}
        </Button>
      )}
    </>
  );
}

const cell = cn(cellClass, "first:pl-0 last:pr-0 align-top");

function RequestRow({ request }: { request: ApiRequestNote }) {
  const { status_code, problem, provider_request_id } = request;
  const isGood = status_code !== null && status_code < 400 && problem === null;
  return (
    <tr className={rowClass} data-testid="api-request">
      <td className={cn(cell, "font-medium tabular-nums", isGood ? "text-green" : "text-red")}>
        {status_code ?? "none"}
      </td>
      <td className={cn(cell, "max-md:col-span-2 max-md:row-start-2")}>
        <span className="font-mono text-sm [overflow-wrap:anywhere]">
          <span className="text-quiet">{request.method}</span> <InertText text={request.url} />
        </span>
        {problem && (
          <span className="block text-pretty text-red text-sm">
            <InertText text={problem} />
          </span>
        )}
        {provider_request_id && (
          <span className="block font-mono text-quiet text-sm [overflow-wrap:anywhere] lg:hidden">
            <InertText text={provider_request_id} />
          </span>
        )}
      </td>
      <td className={cn(cell, "text-right tabular-nums max-md:hidden")}>
        {request.entries === null ? <span className="text-faint">–</span> : count(request.entries)}
      </td>
      <td className={cn(cell, COLUMNS.took.className, "text-right text-quiet tabular-nums max-md:hidden")}>
        {duration(request.milliseconds)}
      </td>
      <td className={cn(cell, COLUMNS.id.className, "max-md:hidden")}>
        {provider_request_id ? (
          <span className="flex items-start gap-1">
            <span className="min-w-0 font-mono text-quiet text-sm [overflow-wrap:anywhere]">
              <InertText text={provider_request_id} />
            </span>
            <CopyButton text={provider_request_id} what="request id" className="-my-0.5" />
          </span>
        ) : (
          <span className="text-faint">–</span>
        )}
      </td>
      <td className={cn(cell, "text-quiet tabular-nums max-md:col-start-2 max-md:row-start-1 max-md:text-right")}>
        <RelativeTime at={request.asked_at} />
      </td>
    </tr>
  );
}
