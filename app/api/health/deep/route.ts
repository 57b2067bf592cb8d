import { handle } from "@/app/api/handle";
import { readDeepHealth } from "@/lib/queries/health";
import { Refusal } from "@/lib/refusals";

/** What works and what does not, each with what to do: for those signed in, since it would help a stranger. */
export const GET = handle("view", async ({ actor }) => {
  // It counts everybody's requests and deliveries.
  if (actor.organisations !== null) throw new Refusal("needs_all_organisations");
  return readDeepHealth();
});
