import { handle } from "@/app/api/handle";
import { readMetrics } from "@/lib/queries/metrics";
import { Refusal } from "@/lib/refusals";

/** Metrics for Prometheus: counts of all organisations. */
export const GET = handle("metrics", async ({ actor }) => {
  if (actor.organisations !== null) throw new Refusal("needs_all_organisations");
  const { text, type } = await readMetrics();
  return new Response(text, { headers: { "content-type": type } });
});
