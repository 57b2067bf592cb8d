/**
 * `npm run check:sizes`: files of the product stay short. Half of them have at most 50 lines, and nine of ten at most 125. A
 * longer one that is one thing may stay; split what really is two.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

const MEDIAN = 50;
const NINE_OF_TEN = 125;
const ROOT = path.resolve(import.meta.dirname, "../..");
const PRODUCT = ["app", "components", "lib", "server.ts", "middleware.ts", "instrumentation.ts"];
const GENERATED = ["lib/db/database.types.ts"];

const files = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", ...PRODUCT],
  {
    cwd: ROOT,
    encoding: "utf8",
  },
)
  .split("\n")
  .filter((file) => /\.tsx?$/.test(file) && !GENERATED.includes(file));
const sizes = files.flatMap((file) => linesOf(path.join(ROOT, file))).sort((a, b) => a - b);
const at = (share: number) => sizes[Math.ceil(sizes.length * share) - 1] ?? 0;
const long = sizes.filter((lines) => lines > NINE_OF_TEN).length;
const problems = [
  at(0.5) > MEDIAN && `half of the files have up to ${at(0.5)} lines; ${MEDIAN} is the most.`,
  at(0.9) > NINE_OF_TEN &&
    `${long} of ${sizes.length} files are longer than ${NINE_OF_TEN} lines; a tenth is the most.`,
].filter((problem) => problem !== false);
for (const problem of problems) console.error(`Sizes of files: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;

/** Nothing for a file that git still lists and that was deleted. */
function linesOf(file: string): number[] {
  try {
    return [readFileSync(file, "utf8").trimEnd().split("\n").length];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
