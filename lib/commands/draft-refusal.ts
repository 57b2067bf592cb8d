/** Why a selection became no draft. */
import type { Answers } from "@/lib/db/client";
import { Refusal } from "@/lib/refusals";

export type Drafted = Answers["create_replay"];

type NotDrafted = Exclude<Drafted, { result: "created" }>;

/** The refusal for a selection that became no draft. */
export function draftRefusal(answer: NotDrafted): Refusal {
  switch (answer.result) {
    case "not_found":
      return new Refusal("no_event_matches");
    case "too_old":
      return new Refusal("too_old", { days: answer.days });
    case "body_forgotten":
      return new Refusal("body_forgotten", { at: answer.at, days: answer.days });
    case "too_many":
      return new Refusal("too_many", { matched: answer.matched, limit: answer.limit });
    case "key_reused":
      return new Refusal("key_reused", { replay: answer.replay?.id ?? null });
    default:
      return new Refusal(answer.result);
  }
}
