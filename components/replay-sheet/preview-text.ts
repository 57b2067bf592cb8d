/** A preview in sentences: the button's label, what will happen, and warnings. */
import { moneyText } from "@/lib/contract/money";
import type { Replay, ReplayPreview } from "@/lib/contract/replays";
import { AMOUNT_KIND } from "@/lib/contract/vocabulary";
import { duration, plural } from "../format";

/** `Replay 47 events to 2 destinations`. Counts exactly what runs, so skipped deliveries are left out. */
export function actionText(preview: ReplayPreview, verb = "Replay"): string {
  const { events, deliveries, to_run, by } = preview;
  const [only, ...others] = by.destination ?? [];
  const whole = to_run === deliveries;
  const what = whole ? plural(events, "event") : deliveries === events ? plural(to_run, "event") : deliveriesOf(to_run);
  // A destination may be skipped entirely, so destinations are not counted when only a part of the deliveries runs.
  if (!whole && others.length > 0) return `${verb} ${what}`;
  const where = others.length > 0 ? `${others.length + 1} destinations` : only?.value;
  return where ? `${verb} ${what} to ${where}` : `${verb} ${what}`;
}

/** `44 deliveries run, 3 are skipped.`; what runs and fails is not said to run: `None of 4 can succeed.` */
export function outcomeText({ to_run, deliveries, changes: { will_fail } }: ReplayPreview): string {
  const skipped = deliveries - to_run;
  if (to_run === 0) return skipped === 1 ? "The one delivery would be skipped." : `All ${skipped} would be skipped.`;
  if (will_fail === to_run) {
    const rest = skipped === 0 ? "" : ` ${skipped} ${skipped === 1 ? "is" : "are"} skipped.`;
    return `${to_run === 1 ? "The one delivery cannot succeed." : `None of ${to_run} can succeed.`}${rest}`;
  }
  const failing = will_fail === 0 ? "" : `, ${will_fail} of them ${will_fail === 1 ? "fails" : "fail"}`;
  const runs = `${deliveriesOf(to_run)} ${to_run === 1 ? "runs" : "run"}${failing}`;
  return skipped === 0 ? `${runs}, none is skipped.` : `${runs}, ${skipped} ${skipped === 1 ? "is" : "are"} skipped.`;
}

/** `12 rows are updated and 3 created. 29 are correct already.` Null when no row is involved. */
export function rowText({ changes }: ReplayPreview): string | null {
  const { created, updated, unchanged, superseded } = changes;
  if (created + updated + unchanged + superseded === 0) return null;
  const written = [
    created > 0 && `${plural(created, "row")} created`,
    updated > 0 && `${plural(updated, "row")} updated`,
  ];
  const left = [
    unchanged > 0 && `${plural(unchanged, "row")} correct already`,
    superseded > 0 && `${plural(superseded, "row")} unchanged, because newer events wrote them`,
  ];
  const parts = [...written, ...left].filter(Boolean);
  return created + updated === 0 ? `No row changes: ${parts.join(", ")}.` : `${parts.join(", ")}.`;
}

/** `about 12 s` */
export function timeText({ estimated_seconds }: ReplayPreview): string {
  return estimated_seconds <= 1 ? "about a second" : `about ${duration(estimated_seconds * 1000)}`;
}

/** `Takes about 12 s. Affects 31 customers, $6,169.00 paid. In test mode: 1 customer.` */
export function impactText(preview: ReplayPreview): string {
  if (preview.to_run === 0) return "";
  const takes = `Takes ${timeText(preview)}${preview.holds.length > 0 ? ", once they can be sent" : ""}.`;
  const [live, test] = [touchedText(preview.impact), touchedText(preview.impact.test)];
  return [takes, live && `Affects ${live}.`, test && `In test mode: ${test}.`].filter(Boolean).join(" ");
}

function touchedText({ customers, by_kind }: Pick<ReplayPreview["impact"], "customers" | "by_kind">): string {
  const amounts = by_kind.map(
    ({ currency, amount, kind }) => `${moneyText(currency, amount)} ${AMOUNT_KIND[kind].label}`,
  );
  return [customers > 0 && plural(customers, "customer"), ...amounts].filter(Boolean).join(", ");
}

export function warningsOf({ draft, preview }: { draft: Replay; preview: ReplayPreview }): string[] {
  const { changes } = preview;
  // A hold of the destination is more useful than its failures.
  const isNotHeld = (name: string) => !preview.holds.some(({ destination }) => destination === name);
  return [
    draft.matched > preview.events &&
      `Replays the oldest ${plural(preview.events, "event")} of the ${plural(draft.matched, "event")} that match. The rest is not replayed.`,
    ...preview.unhealthy_destinations
      .filter(isNotHeld)
      .map((name) => `${name} failed most deliveries in the last 10 minutes. Unless it is fixed, these will fail too.`),
    ...changes.problems.map(
      ({ message, count }) => `${deliveriesOf(count)} will fail before any row is written: ${message}`,
    ),
    !draft.options.skipAlreadyApplied &&
      (preview.by.status ?? []).some(({ value }) => value === "processed" || value === "replayed") &&
      "Some endpoints already accepted some of these events and will receive them again.",
    changes.looked_at < preview.to_run &&
      `The row changes, customers and amounts are those of the first ${plural(changes.looked_at, "delivery", "deliveries")} only.`,
  ].filter((warning) => warning !== false);
}

function deliveriesOf(count: number): string {
  return plural(count, "delivery", "deliveries");
}
