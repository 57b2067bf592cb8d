import { handle } from "@/app/api/handle";
import { Problem } from "@/lib/errors";
import { readDeepHealth } from "@/lib/queries/health";

/** What works and what does not, each with what to do: for those signed in, since it would help a stranger. */
export const GET = handle("view", async ({ actor }) => {
  // It counts everybody's requests and deliveries.
  if (actor.organisations !== null) throw new Problem(OF_ALL);
  return readDeepHealth();
});

const OF_ALL = {
  status: 403,
  title: "Only users who can see all organisations can do this.",
  detail: "GET /api/webhooks/health says whether Redrive works.",
};
