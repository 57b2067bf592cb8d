import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const root = import.meta.dirname;
const support = (file: string) => path.join(root, "tests/support", file);

/** One more than processors: a file waits for its app, its worker and Postgres now and then. */
const WORKERS = Math.min(6, os.availableParallelism() + 1);

/** As they need more to run: the console is built beside the first two. */
const PROJECTS = ["unit", "pipeline", "api", "faults"];

/** Files with a test that runs alone come last, so that others wait for it as little as possible; large files come first. */
class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const known = await super.sort(files);
    return known.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId, project }: TestSpecification): number {
  const runsAlone = readFileSync(moduleId, "utf8").includes('from "../support/machine"');
  return PROJECTS.indexOf(project.name) + (runsAlone ? PROJECTS.length : 0);
}

/** Tests of these projects share one Postgres, in which each file has a database of its own. */
const withDatabase = (name: string) => ({
  extends: true as const,
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    globalSetup: [support("global-setup.ts")],
    setupFiles: [support("machine.ts")],
  },
});

export default defineConfig({
  resolve: { alias: { "@": root } },
  test: {
    environment: "node",
    maxWorkers: WORKERS,
    // A stop for what hangs, not a measure: shared machines have been seen to take five times as long as usual.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    sequence: { sequencer: Sequencer },
    projects: [
      { extends: true, test: { name: "unit", include: ["tests/unit/**/*.test.ts"] } },
      withDatabase("pipeline"),
      withDatabase("api"),
      withDatabase("faults"),
    ],
  },
});
