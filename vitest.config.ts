import { existsSync } from "node:fs";
import path from "node:path";
import { defineConfig } from "vitest/config";

const root = import.meta.dirname;
const globalSetup = path.join(root, "tests/support/global-setup.ts");

/** Tests of these projects share one Postgres, so their files run one after the other. */
const withDatabase = (name: string) => ({
  extends: true as const,
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    globalSetup: existsSync(globalSetup) ? [globalSetup] : [],
    fileParallelism: false,
    // A stop for what hangs, not a measure: shared machines have been seen to take five times as long as usual.
    testTimeout: 400_000,
    hookTimeout: 400_000,
  },
});

export default defineConfig({
  resolve: { alias: { "@": root } },
  test: {
    environment: "node",
    projects: [
      { extends: true, test: { name: "unit", include: ["tests/unit/**/*.test.ts"] } },
      withDatabase("pipeline"),
      withDatabase("api"),
      withDatabase("faults"),
    ],
  },
});
