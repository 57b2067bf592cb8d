/** A replay of the wrong thing is running: everything of the day instead of the few that failed. */
import { NO_OUTAGE } from "../support/world/plan";
import type { Drill, Room } from "./drill";
import { replayDead } from "./recovery";
import { countDead, scoreFailed } from "./scorecard";

let dead = 0;
const wrong = { id: "", total: 0 };

export const wrongReplay: Drill = {
  title: "Wrong replay",
  alarm: "A colleague has started a replay and gone home. The shop complains that it gets old orders again.",
  steps: [
    "Replays: which one is running, what did it select, and which option makes it repeat what was delivered?",
    "Cancel it (API: POST /api/webhooks/replays/{id}/cancel). What is at an endpoint now still ends.",
    "Then replay what it should have been: the dead letters alone.",
  ],
  events: 60,
  providers: ["stripe"],
  outage: { ...NO_OUTAGE, failing: { part: [0.4, 0.6], share: 0.5 } },
  async afterwards({ ask, sql, desk }: Room) {
    dead = await countDead(sql);
    const { body, status, text } = await ask("POST", "/api/webhooks/replays", {
      selection: { filter: { provider_slug: "stripe" } },
      reason: "Shop was down",
      // Slow enough to be stopped, and it repeats what was delivered.
      options: { skipAlreadyApplied: false, delayBetweenBatches: 60, batchSize: 5, preserveOriginalOrder: true },
    });
    if (status !== 202) throw new Error(`The wrong replay answered ${status}: ${text}`);
    Object.assign(wrong, { id: body.id ?? body.replay_id, total: body.total });
    await desk.settle();
  },
  async judge({ sql }) {
    const [row] = await sql`
      select status, succeeded + failed as ran, total from replays where 'wr_' || id = ${wrong.id}`;
    const isStopped = row?.status === "cancelled";
    const failed = await scoreFailed(sql, dead, "failed deliveries");
    return [{ what: "wrong replay stopped", total: 1, found: isStopped ? 1 : 0, repaired: isStopped ? 1 : 0 }, failed];
  },
  async recover(room) {
    const { status, text } = await room.ask("POST", `/api/webhooks/replays/${wrong.id}/cancel`, {});
    if (status !== 200) throw new Error(`Cancelling answered ${status}: ${text}`);
    await replayDead(room);
  },
};
