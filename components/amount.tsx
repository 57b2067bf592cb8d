import type { EventSummary } from "@/lib/contract/events";
import { moneyText } from "@/lib/contract/money";
import { AMOUNT_KIND } from "@/lib/contract/vocabulary";
import { cn } from "./ui/cn";

type Facts = Pick<EventSummary, "amount" | "amount_kind" | "currency">;

/** The money an event is about: `$25.00`, or `$3.75 refunded`. Amounts that nobody pays are struck through. */
export function Amount({ of: { amount, amount_kind, currency } }: { of: Facts }) {
  if (amount === null || amount_kind === null || currency === null) return <span className="text-faint">–</span>;
  const { label, counts } = AMOUNT_KIND[amount_kind];
  return (
    <span className="whitespace-nowrap" title={`${moneyText(currency, amount)} ${label}`}>
      <span className={cn(!counts && "line-through")}>{moneyText(currency, amount)}</span>
      {amount_kind !== "paid" && <span className="ml-1 text-faint">{label}</span>}
    </span>
  );
}
