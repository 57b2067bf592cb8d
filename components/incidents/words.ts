/** Incidents in sentences. */
import { type Incident, type IncidentInBrief, isClosed } from "@/lib/contract/incident-words";
import { moneyText } from "@/lib/contract/money";
import { count, plural } from "../format";

/** The state of an incident in one sentence. */
export function verdictOf({ state, counts, closed_by }: IncidentInBrief): string {
  const { total, verified, recovered, affected, still_missing, unrecoverable, accepted } = counts;
  if (total === 0) return "No event belongs to it yet.";
  if (state === "closed") {
    return `${total === 1 ? "The one event is" : `All ${plural(total, "event")} are`} verified. ${closed_by === null ? "It closed itself." : `Closed by ${closed_by}.`}`;
  }
  if (state === "closed_with_exceptions") {
    return `${count(verified)} of ${plural(total, "event")} are verified. ${plural(accepted, "event")} cannot be brought back, which an administrator accepted.`;
  }
  const open = [
    affected > 0 && `${count(affected)} affected`,
    recovered > 0 && `${count(recovered)} recovered and not verified`,
    still_missing > 0 && `${count(still_missing)} still missing`,
    unrecoverable > 0 && `${count(unrecoverable)} unrecoverable`,
  ].filter(Boolean);
  const done = `${count(verified)} of ${plural(total, "event")} ${verified === 1 && total === 1 ? "is" : "are"} verified`;
  return open.length === 0 ? `${done}.` : `${done}: ${open.join(", ")}.`;
}

/** `$6,169.00 and €120.00 at stake`; what is verified counts as safe. Null when no amount is known. */
export function moneyAtStake({ money }: IncidentInBrief): string | null {
  const known = money.filter(({ at_stake }) => at_stake > 0);
  if (known.length === 0) return null;
  return known.map(({ currency, at_stake }) => moneyText(currency, at_stake)).join(", ");
}

/** What is not verified yet, in each currency. */
export function moneyLeft({ money }: IncidentInBrief): string | null {
  const left = money.filter(({ at_stake, verified }) => at_stake > verified);
  if (left.length === 0) return null;
  return left.map(({ currency, at_stake, verified }) => moneyText(currency, at_stake - verified)).join(", ");
}

/** Those that keep it from closing and that only an administrator can let go. */
export function unacceptedOf({ counts }: IncidentInBrief): number {
  return counts.unrecoverable - counts.accepted;
}

/** How many a recovery would deliver. */
export function toRecover({ counts }: IncidentInBrief): number {
  return counts.affected + counts.still_missing;
}

/** Whether something of it runs by itself now. */
export function isMoving({ state, steps }: Incident): boolean {
  if (isClosed(state)) return false;
  return (
    steps.some(({ status }) => status === "running") ||
    ((state === "recovering" || state === "verifying") &&
      !steps.some(({ status }) => status === "failed") &&
      !steps.some(({ step, status }) => step === "preview" && status === "waiting"))
  );
}
