import Link from "next/link";
import type { IncidentItem } from "@/lib/contract/incident-words";
import { moneyText } from "@/lib/contract/money";
import { plural } from "../format";
import { InertText } from "../inert-text";
import { MiddleTruncated } from "../middle-truncated";
import { ProviderMark } from "../provider";
import { type Column, cellClass, rowClass } from "../table/data-table";
import { ExactTime } from "../time";
import { cn } from "../ui/cn";
import { CauseLabel, ItemStateLabel } from "./incident-status";

export const ITEM_COLUMNS = {
  state: { title: "State", className: "md:w-32" },
  event: { title: "Event and key", className: "" },
  cause: { title: "Cause", className: "md:w-24" },
  whose: { title: "Merchant", className: "md:w-32 md:max-lg:hidden" },
  amount: { title: "Amount", className: "md:w-24 md:max-xl:hidden", numeric: true },
  proof: { title: "Proof or reason", className: "md:w-56 md:max-xl:w-40" },
} as const satisfies Record<string, Column>;

const cell = cn(cellClass, "first:pl-0 last:pr-0 align-top");

/** One event of an incident. */
export function ItemRow({ item }: { item: IncidentItem }) {
  return (
    <tr data-testid="incident-item" className={rowClass}>
      <td className={cn(cell, "max-md:row-start-2")}>
        <ItemStateLabel state={item.state} accepted={item.accepted_by !== null} />
      </td>
      <td className={cn(cell, "max-md:col-span-2 max-md:row-start-1")}>
        <span className="flex min-w-0 items-center gap-2.5">
          <ProviderMark slug={item.provider_slug} />
          <span className="min-w-0">
            {item.event_id ? (
              <Link
                href={`/events/${item.event_id}`}
                prefetch={false}
                className="block truncate font-medium leading-4 underline-offset-2 hover:underline"
              >
                <InertText text={item.event_type} />
              </Link>
            ) : (
              <span className="block truncate font-medium leading-4" title="It never arrived here">
                <InertText text={item.event_type} />
              </span>
            )}
            <span className="block font-mono text-faint text-xs">
              <MiddleTruncated text={item.identity} />
            </span>
          </span>
        </span>
      </td>
      <td className={cn(cell, "max-md:row-start-2 max-md:text-right")}>
        <CauseLabel cause={item.cause} over={item.state === "verified"} />
      </td>
      <td className={cn(cell, ITEM_COLUMNS.whose.className, "font-mono text-quiet text-sm max-md:hidden")}>
        {item.org_id ? <MiddleTruncated text={item.org_id} /> : <span className="text-faint">–</span>}
      </td>
      <td className={cn(cell, ITEM_COLUMNS.amount.className, "text-right text-quiet tabular-nums max-md:hidden")}>
        {item.amount !== null && item.currency !== null ? (
          moneyText(item.currency, item.amount)
        ) : (
          <span className="text-faint">–</span>
        )}
      </td>
      <td className={cn(cell, "min-w-0 text-quiet text-sm max-md:col-span-2")}>
        <Proof item={item} />
      </td>
    </tr>
  );
}

/** What the verification saw, or why there is nothing to see. */
function Proof({ item: { state, proof, reason, accepted_by, replay_id } }: { item: IncidentItem }) {
  if (accepted_by !== null) {
    return (
      <span className="text-pretty [overflow-wrap:anywhere]">
        <InertText text={`${reason ?? ""} Accepted by ${accepted_by}.`} />
      </span>
    );
  }
  if (reason) {
    return (
      <span className="text-pretty [overflow-wrap:anywhere]">
        <InertText text={reason} />
      </span>
    );
  }
  if (proof && proof.length > 0) {
    const first = proof[0];
    return (
      <span className="line-clamp-2 text-pretty [overflow-wrap:anywhere]">
        {proofText(proof)} {first && first.kind !== "stored" && <ExactTime at={first.at} className="text-faint" />}
      </span>
    );
  }
  if (replay_id && state !== "affected") {
    return (
      <Link href={`/replays/${replay_id}`} prefetch={false} className="text-accent hover:underline">
        delivered by {replay_id}
      </Link>
    );
  }
  return <span className="text-faint">–</span>;
}

function proofText(proof: NonNullable<IncidentItem["proof"]>): string {
  const rows = proof.filter(({ kind }) => kind === "rows").length;
  const endpoints = proof.filter(({ kind }) => kind === "endpoint");
  const [only] = endpoints;
  const parts = [
    rows > 0 && "rows hold it",
    endpoints.length === 1 && only && `${only.destination} acknowledged it`,
    endpoints.length > 1 && `${plural(endpoints.length, "endpoint")} acknowledged it`,
    proof.some(({ kind }) => kind === "stored") && "stored; no destination receives it",
  ].filter(Boolean);
  return parts.join(", ");
}
