/** Memory for large bodies: a body that fits is read, others wait unread, and small ones never wait. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createRoom } from "@/lib/pipeline/admission";

const KB = 1024;
const MB = 1024 * KB;

beforeEach(
  () =>
    void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] }),
);
afterEach(() => void vi.useRealTimers());

/** The result of a wait; undefined while it goes on. */
function followed(wait: Promise<boolean> | undefined) {
  const state: { hasRoom?: boolean } = {};
  if (!wait) throw new Error("It did not have to wait.");
  void wait.then((hasRoom) => {
    state.hasRoom = hasRoom;
  });
  return state;
}

test("a large body waits, unread, while others fill the room, and goes on when one of them is stored", async () => {
  const room = createRoom(2 * MB);
  const first = room.open(() => {});
  expect(first.took(2 * MB)).toBeUndefined();
  first.complete();
  const second = room.open(() => {});
  const wait = followed(second.took(100 * KB));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(wait.hasRoom).toBeUndefined();
  first.release();
  await vi.advanceTimersByTimeAsync(0);
  expect(wait.hasRoom).toBe(true);
});

test("one that finds no room is told so within three seconds, and holds nothing then", async () => {
  const room = createRoom(2 * MB);
  const first = room.open(() => {});
  first.took(2 * MB + 1);
  first.complete();
  const second = room.open(() => {});
  const wait = followed(second.took(100 * KB));
  await vi.advanceTimersByTimeAsync(2_900);
  expect(wait.hasRoom).toBe(false);
  second.release();
  first.release();
  expect(room.held()).toBe(0);
});

test("small bodies are never starved by large ones", () => {
  const room = createRoom(1 * MB);
  const large = room.open(() => {});
  large.took(1 * MB + 1);
  for (let n = 0; n < 1_000; n += 1) expect(room.open(() => {}).took(64 * KB)).toBeUndefined();
});

test("bodies that fill the room together without being complete do not wait for one another for ever", async () => {
  const room = createRoom(2 * MB);
  const readers = Array.from({ length: 8 }, () => room.open(() => {}));
  const left = readers.map(() => 1 * MB);
  const ended: number[] = [];
  // Each sends 1 MB in pieces of 128 KB, as fast as it may: 8 MB in total, where 2 are allowed.
  await Promise.all(
    readers.map(async (reader, index) => {
      while ((left[index] as number) > 0) {
        left[index] = (left[index] as number) - 128 * KB;
        if ((await reader.took(128 * KB)) === false) return;
        // The limit, one body beyond it, and a piece of each.
        expect(room.held()).toBeLessThanOrEqual(4 * MB);
      }
      reader.complete();
      ended.push(index);
      reader.release();
    }),
  );
  expect(ended).toHaveLength(8);
  expect(room.held()).toBe(0);
});

test("one that goes on beyond the room and sends too little is given up, so that the others go on", async () => {
  const room = createRoom(1 * MB);
  const first = room.open(() => {});
  first.took(1 * MB);
  const gaveUp: string[] = [];
  const slow = room.open(() => {
    gaveUp.push("slow");
    slow.release();
  });
  // None of these bodies is complete, so reading goes on; then their senders send nothing more.
  await expect(slow.took(200 * KB)).resolves.toBe(true);
  const wait = followed(first.took(100 * KB));
  await vi.advanceTimersByTimeAsync(400);
  expect([gaveUp, wait.hasRoom]).toEqual([[], undefined]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect([gaveUp, wait.hasRoom]).toEqual([["slow"], true]);
});
