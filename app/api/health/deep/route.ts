import { handle } from "@/app/api/handle";
import { readDeepHealth } from "@/lib/queries/health";
import { Refusal } from "@/lib/refusals";

/** What works and what does not, each with what to do. Only for signed-in callers, since it would help an attacker. */
export const GET = handle("view", async ({ actor }) => {
  // It counts requests and deliveries of all organisations.
  if (actor.organisations !== null) throw new Refusal("needs_all_organisations");
  return readDeepHealth();
});
