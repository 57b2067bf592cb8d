/** The thread that hashes passwords: what becomes of a sign-in when it ends. */
import type { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { deriveApart } from "@/lib/auth/hashing-thread";
import { processSingleton } from "@/lib/process-singleton";

const derive = (cost: { N: number; r: number; p: number }) =>
  deriveApart({ password: "a long password", salt: Buffer.alloc(16), keyBytes: 32, cost });
const QUICK = { N: 1024, r: 8, p: 1 };

test("A hash whose thread ends is refused instead of waiting for ever, and the next one has a new thread", async () => {
  expect(await derive(QUICK)).toHaveLength(32);
  const { worker } = processSingleton("hashing-thread", () => ({ worker: undefined as Worker | undefined }));
  const long = derive({ N: 2 ** 15, r: 8, p: 400 });
  await Promise.all([expect(long).rejects.toThrow("its thread ended"), worker?.terminate()]);
  expect(await derive(QUICK)).toHaveLength(32);
});
