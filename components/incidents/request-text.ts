/** The call that a request stands for, in words. */
import type { AskedOptions } from "@/lib/client/replays";
import type { IncidentRequest } from "@/lib/contract/incident-words";
import { duration } from "../format";
import { optionText, sentence } from "../replay-sheet/options-text";

/** `10 deliveries first as a trial, stops when more than 20 % fail.` Null when there is nothing to add. */
export function requestInputText({ action, input }: IncidentRequest): string | null {
  if (action !== "recover") return null;
  const words = optionText((input.options ?? {}) as AskedOptions, false);
  const pause = Number(input.pause_seconds ?? 0);
  const first = [...listIn(input.types_first), ...listIn(input.organisations_first)];
  if (pause > 0) words.push(`${duration(pause * 1_000)} between stages`);
  if (first.length > 0) words.push(`first ${first.join(", ")}`);
  return words.length === 0 ? null : sentence(words);
}

function listIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
