/** Large bodies that complete at the same time: each is checked and parsed in an event loop turn of its own. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accept } from "@/lib/pipeline/accept";
import { requestOf } from "../fixtures/sign";
import { type Desk, openDesk } from "../support/desk";

const MIB = 1024 * 1024;

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

function large() {
  // Many small values: parsing is most of what such a body costs.
  const data = Array.from({ length: 60_000 }, (_, n) => `value ${n}`);
  const request = requestOf("standard", { type: "large.body", data }, { id: randomUUID() });
  expect(request.body.length).toBeGreaterThan(MIB / 2);
  expect(request.body.length).toBeLessThan(MIB);
  return { ...request, headers: [...request.headers] as [string, string][] };
}

/** The most CPU milliseconds of one event loop turn while `work` ran. CPU time, because machines are shared. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let [longest, isOver] = [0, false];
  let before = process.cpuUsage();
  const look = () => {
    const { user, system } = process.cpuUsage(before);
    longest = Math.max(longest, (user + system) / 1000);
    before = process.cpuUsage();
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  await work();
  isOver = true;
  return longest;
}

test("Large bodies that arrive together do not hold the thread for all of them at once", async () => {
  const requests = Array.from({ length: 12 }, large);
  for (let n = 0; n < 3; n += 1) await accept(large());
  const alone = await longestTurn(() => accept(requests[0] as ReturnType<typeof large>));
  const together = await longestTurn(async () => {
    const answers = await Promise.all(requests.slice(1).map((request) => accept(request)));
    // A request abandoned for lack of time is answered 503, but it was checked and parsed all the same.
    for (const { status } of answers) expect([200, 503]).toContain(status);
  });
  // All eleven in one turn would take eleven times as long.
  expect(together).toBeLessThan(alone * 5);
});
