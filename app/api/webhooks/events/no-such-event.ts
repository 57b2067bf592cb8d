import { Problem } from "@/lib/errors";

/** What every route below an event answers when there is none. */
export function noSuchEvent(): Problem {
  return new Problem({ status: 404, title: "There is no such event.", detail: "Ids look like we_123." });
}
