/** How much of each kind HeyReach counts. It counts by UTC days, so only windows of whole ones can be compared. */
import { ApiFailure, type ApiSession, type Page, type Window } from "../api";
import { asksFor } from "../reconstruct";
import { at } from "../shape";
import { askHeyreach } from "./requests";

const TYPES: Readonly<Record<string, string>> = {
  message_sent: "messagesSent",
  inmail_sent: "inmailMessagesSent",
  follow_sent: "follows",
  liked_post: "postLikes",
  viewed_profile: "profileViews",
};

/** What is known by its number only. */
export const COUNTED: readonly string[] = Object.keys(TYPES);

const DAY_MS = 86_400_000;

export function isWholeDays({ from, to }: Window): boolean {
  return from.getTime() % DAY_MS === 0 && to.getTime() % DAY_MS === 0;
}

export async function countsOf(session: ApiSession, window: Window): Promise<NonNullable<Page["counts"]>> {
  const types = COUNTED.filter((type) => asksFor(window, type));
  if (types.length === 0) return [];
  const answer = await askHeyreach(session, "/stats/GetOverallStats", {
    accountIds: [],
    campaignIds: [],
    startDate: window.from.toISOString(),
    endDate: new Date(window.to.getTime() - 1).toISOString(),
  });
  return types.map((eventType) => {
    const provider = at(answer, "overallStats", TYPES[eventType] as string);
    if (typeof provider !== "number") throw new ApiFailure("malformed", "HeyReach's answer has no counts.");
    return { eventType, provider };
  });
}
