/** Each drill can be won, by the API alone, and is lost by doing nothing. */
import { expect, test } from "vitest";
import { DRILLS } from "../drills";
import { isRight } from "../drills/drill";
import { openRoomInProcess } from "../drills/room-in-process";
import { countTwice, printScores } from "../drills/scorecard";

test.each(Object.entries(DRILLS))(
  "The drill %s is open until it is recovered, and its scorecard then says so",
  async (_, drill) => {
    const room = await openRoomInProcess({ ...drill, events: Math.min(drill.events, 60) }, 15);
    try {
      await room.world.playOutage(room.desk);
      await drill.afterwards?.(room);
      const before = await drill.judge(room);
      expect(isRight(before)).toBe(false);
      expect(before.every(({ total }) => total > 0)).toBe(true);
      await drill.recover(room);
      const after = await drill.judge(room);
      expect(after.map(({ what, total, repaired }) => [what, repaired - total])).toEqual(
        before.map(({ what }) => [what, 0]),
      );
      expect(printScores(after, 1.5, countTwice(room.world))).toMatch(/missed[\s\S]*1\.5 minutes/);
    } finally {
      await room.close();
    }
  },
);
