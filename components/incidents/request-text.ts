/** The call that a request stands for, in words. */
import type { AskedOptions } from "@/lib/client/replays";
import type { IncidentRequest } from "@/lib/contract/incident-words";
import { duration, plural } from "../format";
import { optionText, sentence } from "../replay-sheet/options-text";

/** `A canary of 10 events first, stops when more than 20 % fail.` Null when there is nothing to add. */
export function requestInputText({ action, input }: IncidentRequest): string | null {
  if (action !== "recover") return null;
  const { canary = 0, ...options } = (input.options ?? {}) as AskedOptions;
  const words = optionText(options, false);
  if (canary > 0) words.unshift(`a canary of ${plural(canary, "event")} first`);
  const pause = Number(input.pause_seconds ?? 0);
  const first = [...listIn(input.types_first), ...listIn(input.organisations_first)];
  if (pause > 0) words.push(`${duration(pause * 1_000)} between stages`);
  if (first.length > 0) words.push(`first ${first.join(", ")}`);
  return words.length === 0 ? null : sentence(words);
}

function listIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
