/** A signing secret that was rolled at the provider and not here: everything it sent was rejected. */
import { NO_OUTAGE } from "../support/world/plan";
import type { Drill } from "./drill";
import { reconcileAll } from "./recovery";
import { scoreLost } from "./scorecard";

export const secretRolled: Drill = {
  title: "Secret rolled",
  alarm: "Stripe mails that a webhook endpoint answered with errors for a while this morning. It works again now.",
  steps: [
    "Sources: which rejections does Stripe have, with which reason, from when to when?",
    "Reconciliation: check a window over that time (API: POST /api/reconciliations). What was rejected is its own kind.",
    "Back-fill it: the events come from Stripe's API, so their signature is not needed any more.",
    "Check the window again. It has to find nothing.",
  ],
  events: 120,
  providers: ["stripe"],
  outage: { ...NO_OUTAGE, rolled: [0.4, 0.6] },
  judge: async ({ world, sql }) => [await scoreLost(world, sql, "rejected")],
  recover: reconcileAll,
};
