import { handle } from "@/app/api/handle";
import { deepHealthRequest, secondsOf } from "@/lib/contract/api/health";
import { readQuery } from "@/lib/contract/event-filter";
import { readDeepHealth } from "@/lib/queries/health";
import { Refusal } from "@/lib/refusals";

/** What works and what does not, each with what to do. Only for known callers, since it would help an attacker. */
export const GET = handle("metrics", async ({ actor, request }) => {
  // It counts requests and deliveries of all organisations.
  if (actor.organisations !== null) throw new Refusal("needs_all_organisations");
  const { failIfNoRecentEvents: recent } = deepHealthRequest.parse(readQuery(new URL(request.url).searchParams));
  const health = await readDeepHealth(recent === undefined ? undefined : secondsOf(recent));
  return Response.json(health, { status: health.recent_events?.ok === false ? 503 : 200 });
});
