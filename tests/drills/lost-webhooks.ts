/** Webhooks that never came: only the providers know of them. */
import { NO_OUTAGE } from "../support/world/plan";
import type { Drill } from "./drill";
import { reconcileAll } from "./recovery";
import { scoreLost } from "./scorecard";

export const lostWebhooks: Drill = {
  title: "Lost webhooks",
  alarm:
    "A merchant says that orders and payments of this morning are not in their tables. Nothing is in the dead letters.",
  steps: [
    "Reconciliation: which sources have a key, and what is each of them able to prove?",
    "Check a window over the last six hours for each source (API: POST /api/reconciliations).",
    "Open the run: what is missing? Back-fill all of it, with a reason (API: POST /api/reconciliations/{id}/back-fill).",
    "Check the same window again. It has to find nothing.",
  ],
  events: 120,
  providers: ["stripe", "shopify", "telnyx"],
  outage: { ...NO_OUTAGE, dropped: 0.08, doubled: 0.05, outOfOrder: 0.1 },
  judge: async ({ world, sql }) => [await scoreLost(world, sql)],
  recover: reconcileAll,
};
