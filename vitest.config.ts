import os from "node:os";
import path from "node:path";
import { defineConfig } from "vitest/config";
import { Sequencer } from "./tests/support/sequencer";

const root = import.meta.dirname;
const support = (file: string) => path.join(root, "tests/support", file);

/** One more than processors: a file waits for its app, its worker and Postgres now and then. */
const WORKERS = Math.min(6, os.availableParallelism() + 1);

/** Tests of these projects share one Postgres, in which each file has a database of its own. */
const withDatabase = (name: string) => ({
  extends: true as const,
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    globalSetup: [support("global-setup.ts")],
    setupFiles: [support("machine.ts")],
    // A stop for what hangs, not a measure: shared machines have been seen to take five times as long as usual.
    testTimeout: 400_000,
    hookTimeout: 400_000,
  },
});

export default defineConfig({
  resolve: { alias: { "@": root } },
  test: {
    environment: "node",
    maxWorkers: WORKERS,
    sequence: { sequencer: Sequencer },
    projects: [
      { extends: true, test: { name: "unit", include: ["tests/unit/**/*.test.ts"] } },
      withDatabase("pipeline"),
      withDatabase("api"),
      withDatabase("faults"),
    ],
  },
});
