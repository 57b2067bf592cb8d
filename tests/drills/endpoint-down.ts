/** An endpoint that refused everything for a while: its deliveries are dead letters. */
import { NO_OUTAGE } from "../support/world/plan";
import type { Drill } from "./drill";
import { replayDead } from "./recovery";
import { countDead, scoreFailed } from "./scorecard";

let dead = 0;

export const endpointDown: Drill = {
  title: "Endpoint down",
  alarm: "The merchant's shop deployed a version that answered 422 to webhooks. They say it works again.",
  steps: [
    "Dead letters: which destination, which error, since when? Is it one group?",
    "Send a test event to the destination first: does it work?",
    "Replay the group with a canary of 5 and a stop at 20 % (API: POST /api/webhooks/replays with a filter status=dead).",
    "Dead letters have to be empty.",
  ],
  events: 120,
  providers: ["stripe", "chatwoot"],
  outage: { ...NO_OUTAGE, failing: { part: [0.2, 0.6], share: 0.9 } },
  async afterwards({ sql }) {
    dead = await countDead(sql);
  },
  judge: async ({ sql }) => [await scoreFailed(sql, dead)],
  recover: replayDead,
};
