/** What a step found or did, in words. `found` holds figures by name: lib/incidents writes them. */
import type { Incident, IncidentStepState } from "@/lib/contract/incident-words";
import { moneyText } from "@/lib/contract/money";
import { count, plural } from "../format";
import { providerName } from "../provider";

type Found = IncidentStepState["found"];

/** One sentence about a step that has run; null while it has nothing to say. */
export function foundText(
  { step, status, found }: IncidentStepState,
  { counts }: Pick<Incident, "counts">,
): string | null {
  if (status === "pending") return null;
  const number = (name: string) => numberOf(found[name]) ?? 0;
  const named = (names: readonly (readonly [string, string])[]) =>
    names.flatMap(([name, words]) => (number(name) > 0 ? [`${count(number(name))} ${words}`] : [])).join(", ");
  const isKnown = status === "done" || Object.keys(found).length > 0;
  if (!isKnown) return null;
  switch (step) {
    case "find_missing": {
      const asked = number("asked");
      const what = named(MISSING);
      const sources = asked === 1 ? "One source was asked" : `${count(asked)} sources were asked`;
      if (status === "running") return what ? `${what} so far.` : `${sources}.`;
      if (asked === 0 && !what) return status === "done" ? "No provider was asked." : null;
      const added = number("added") > 0 ? ` ${plural(number("added"), "event")} added to this incident.` : "";
      return what ? `${what}.${added}` : status === "done" ? `Nothing is missing. ${sources}.` : `${sources}.`;
    }
    case "find_failed":
      return `${
        named([
          ["failed", "failed"],
          ["waiting", "not ended"],
        ]) || "Nothing failed"
      }.`;
    case "find_stale":
      return `${
        named([
          ["stale", "stale"],
          ["drifted", "drifted"],
          ["delivered", "delivered already"],
        ]) || "Nothing is stale"
      }.`;
    case "preview": {
      const run = `${plural(number("to_run"), "event")} would be delivered`;
      const way = number("under_way") > 0 ? `, ${count(number("under_way"))} are being delivered already` : "";
      return "to_run" in found ? `${run}${way}.` : null;
    }
    case "canary":
    case "run": {
      const parts = named([
        ["succeeded", "succeeded"],
        ["failed", "failed"],
        ["skipped", "skipped"],
      ]);
      if (!parts) return status === "done" ? "Nothing was left to deliver." : null;
      return step === "run" && number("stage") > 0 ? `Stage ${number("stage")}: ${parts}.` : `${parts}.`;
    }
    case "verify": {
      const added =
        number("added") > 0 ? ` ${plural(number("added"), "event")} added that the providers still miss.` : "";
      return `${count(counts.verified)} of ${plural(counts.total, "event")} verified.${added}`;
    }
    case "evidence":
      return status === "done"
        ? `${[
            plural(number("items"), "event"),
            number("requests") > 0 && plural(number("requests"), "request to providers", "requests to providers"),
            number("replays") > 0 && plural(number("replays"), "replay"),
          ]
            .filter(Boolean)
            .join(", ")}.`
        : null;
  }
}

const MISSING = [
  ["missing", "missing"],
  ["rejected", "rejected"],
  ["undelivered", "undelivered"],
  ["drifted", "drifted"],
  ["unrecoverable", "unrecoverable"],
] as const;

export interface NotAsked {
  name: string;
  reason: string;
}

/** Sources that could not be asked: what never arrived from them stays unknown. */
export function notAskedIn(found: Found): NotAsked[] {
  return listIn(found.not_asked).flatMap((one) => {
    const provider = textOf(one.provider);
    if (!provider) return [];
    const source = numberOf(one.source_id);
    const name = source === null ? providerName(provider) : `${providerName(provider)}, so_${source}`;
    return [{ name, reason: textOf(one.reason) ?? "" }];
  });
}

export interface PreviewFacts {
  /** `12 rows created`, `3 rows updated`. */
  effects: string[];
  destinations: { name: string; items: number }[];
  money: string[];
  warnings: string[];
  /** The effects are those of so many events; null when they are of all. */
  sampled: number | null;
}

const EFFECTS = [
  ["created", "row", "created"],
  ["updated", "row", "updated"],
  ["unchanged", "row", "correct already"],
  ["superseded", "row", "kept, because newer events wrote it"],
  ["will_fail", "delivery", "would fail"],
] as const;

/** What the preview says that a recovery would do. */
export function previewIn(found: Found): PreviewFacts {
  const effects = isRecord(found.effects) ? found.effects : {};
  const sampled = numberOf(found.sampled_events);
  const toRun = numberOf(found.to_run);
  return {
    effects: EFFECTS.flatMap(([name, one, words]) => {
      const value = numberOf(effects[name]) ?? 0;
      return value > 0 ? [`${plural(value, one, one === "row" ? "rows" : "deliveries")} ${words}`] : [];
    }),
    destinations: listIn(found.by_destination).flatMap((one) => {
      const name = textOf(one.destination);
      return name ? [{ name, items: numberOf(one.items) ?? 0 }] : [];
    }),
    money: listIn(found.money).flatMap((one) => {
      const [currency, amount] = [textOf(one.currency), numberOf(one.amount)];
      return currency && amount ? [moneyText(currency, amount)] : [];
    }),
    warnings: [
      ...listIn(found.holds).flatMap((one) => {
        const name = textOf(one.destination);
        return name ? [`${name} ${HELD[textOf(one.why) ?? ""] ?? "is held"}: the recovery waits for it.`] : [];
      }),
      ...(Array.isArray(found.warnings) ? found.warnings.flatMap((one) => textOf(one) ?? []) : []),
    ],
    sampled: sampled !== null && toRun !== null && sampled < toRun ? sampled : null,
  };
}

const HELD: Record<string, string> = {
  paused: "is paused",
  disabled: "is disabled",
  circuit: "has an open circuit",
  throttled: "asked for a pause",
};

function listIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
