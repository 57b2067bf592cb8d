import Link from "next/link";
import type { Incident } from "@/lib/contract/incident-words";
import { RECONCILIATION_STATUS } from "@/lib/contract/reconciliations";
import type { ReconciliationStatus } from "@/lib/contract/vocabulary";
import { count } from "../format";
import { InertText } from "../inert-text";
import { providerName } from "../provider";

/** The runs that asked the providers, each with what it found. */
export function RunLinks({ runs, purpose }: { runs: Incident["runs"]; purpose: "find" | "verify" }) {
  const shown = runs.filter((run) => run.purpose === purpose);
  if (shown.length === 0) return null;
  return (
    <ul className="mt-1 max-w-[44rem]">
      {shown.map((run) => (
        <li key={run.reconciliation_id} className="flex flex-wrap gap-x-2 text-sm" data-testid="incident-run">
          <Link href={`/reconciliation/${run.reconciliation_id}`} className="text-accent hover:underline">
            {providerName(run.provider_slug)} {run.reconciliation_id}
          </Link>
          <span className="text-quiet">
            {(RECONCILIATION_STATUS[run.status as ReconciliationStatus]?.label ?? run.status).toLowerCase()}
          </span>
          <span className="text-quiet tabular-nums">{foundText(run)}</span>
          {run.reason && (
            <span className="min-w-0 basis-full text-pretty text-amber [overflow-wrap:anywhere]">
              <InertText text={run.reason} />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** A run that has not read everything never says that nothing is missing. */
function foundText({ status, missing, drifted }: Incident["runs"][number]): string {
  const parts = [missing > 0 && `${count(missing)} missing`, drifted > 0 && `${count(drifted)} drifted`].filter(
    Boolean,
  );
  if (parts.length > 0) return parts.join(", ");
  return status === "completed" ? "nothing missing" : "";
}
