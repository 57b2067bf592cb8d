"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, TriangleAlert } from "lucide-react";
import { repairConfiguration } from "@/lib/client/coverage";
import { configurationQuery } from "@/lib/client/queries/reconciliations";
import type { ConfigurationProblem, SourceCoverage } from "@/lib/contract/reconciliations";
import { Problem } from "../forms/problem";
import { InertText } from "../inert-text";
import { PermissionGuard } from "../permissions/permission-guard";
import { providerName } from "../provider";
import { Button } from "../ui/button";
import { Dialog, DialogContent } from "../ui/dialog";
import { Skeleton } from "../ui/skeleton";
import type { Rights } from "./rights";
import { sourceName } from "./source-words";

/** How the provider is set up to send to us: asked now, with what to do about each problem. */
export function ConfigurationDialog({
  source,
  rights,
  onClose,
}: {
  source: Pick<SourceCoverage, "provider_slug" | "source_id" | "name">;
  rights: Rights;
  onClose: () => void;
}) {
  const { data, error, isFetching, refetch } = useQuery({ ...configurationQuery(source), gcTime: 0 });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={`How ${sourceName(source)} is set up`}
        description={`Asked of ${providerName(source.provider_slug)} now: whether it sends to this endpoint, and what.`}
        footer={
          <>
            <Button disabled={isFetching} onClick={() => void refetch()}>
              {isFetching ? "Asking…" : "Ask again"}
            </Button>
            <Button variant="primary" onClick={onClose}>
              Close
            </Button>
          </>
        }
      >
        {error && <Problem error={error} before="" />}
        {!error && !data && (
          <div role="status" aria-label="Asking" className="space-y-2 pt-2">
            <Skeleton className="h-4 w-64" />
            <Skeleton className="h-4 w-48" />
          </div>
        )}
        {!error && data && (
          <>
            {data.problems.length === 0 && (
              <p className="flex gap-2 pt-1">
                <CircleCheck aria-hidden="true" className="mt-0.75 size-3.5 shrink-0 text-green" />
                It sends to this endpoint, and nothing is wrong with it.
              </p>
            )}
            <ul>
              {data.problems.map((problem) => (
                <ProblemEntry key={problem.code} problem={problem} source={source} rights={rights} />
              ))}
            </ul>
            <Subscribed types={data.subscribed_types} />
          </>
        )}
      </DialogContent>
    </Dialog>
  );
}

function ProblemEntry({
  problem,
  source,
  rights,
}: {
  problem: ConfigurationProblem;
  source: Pick<SourceCoverage, "provider_slug" | "source_id">;
  rights: Rights;
}) {
  const client = useQueryClient();
  const repair = useMutation({
    mutationFn: () => repairConfiguration(source, problem.code),
    onSuccess: (answer) => client.setQueryData(configurationQuery(source).queryKey, answer),
  });
  return (
    <li className="flex gap-2 border-b py-2.5 last:border-0" data-testid="configuration-problem">
      <TriangleAlert aria-hidden="true" className="mt-0.75 size-3.5 shrink-0 text-amber" />
      <div className="min-w-0">
        <p className="font-medium">
          <InertText text={problem.title} />
        </p>
        <p className="text-pretty text-quiet">
          <InertText text={problem.way_out} />
        </p>
        {problem.repair && (
          <PermissionGuard forbidden={rights.forbiddenToManage}>
            <Button size="sm" className="mt-1.5" disabled={repair.isPending} onClick={() => repair.mutate()}>
              {repair.isPending ? "Repairing…" : problem.repair}
            </Button>
          </PermissionGuard>
        )}
        <Problem error={repair.error} before="It was not repaired." />
      </div>
    </li>
  );
}

function Subscribed({ types }: { types: string[] | null }) {
  if (types === null) return <p className="mt-3 text-quiet text-sm">It sends all types, or does not say which.</p>;
  return (
    <details className="mt-3 text-quiet text-sm">
      <summary className="cursor-pointer hover:text-ink">It sends {types.length} event types</summary>
      <p className="mt-1 font-mono [overflow-wrap:anywhere]">
        <InertText text={types.join(", ")} />
      </p>
    </details>
  );
}
