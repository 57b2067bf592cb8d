/** Files with a test that runs alone come last, so that others wait for it as little as possible; large files come first. */
import { readFileSync } from "node:fs";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** As the projects need more to run: the console is built beside the first two. */
const PROJECTS = ["unit", "pipeline", "api", "faults"];

export class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const known = await super.sort(files);
    return known.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId, project }: TestSpecification): number {
  const runsAlone = readFileSync(moduleId, "utf8").includes('from "../support/machine"');
  return PROJECTS.indexOf(project.name) + (runsAlone ? PROJECTS.length : 0);
}
