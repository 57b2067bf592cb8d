/**
 * Verifies the evidence of an incident, without a database and without this installation:
 *
 *   npm run verify-evidence -- file.zip [--key public-key.pem]
 *
 * `--key` is the public key of who made it, from `GET /api/evidence-key` of their Redrive: a file with the PEM, or the SHA-256
 * that was told by other means. Exit code 0 when all is as it was signed, 1 with a line per file that is wrong, 2 for wrong arguments.
 */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { verifyEvidence } from "../../lib/evidence/verify";

const { values, positionals } = parseArgs({
  options: { key: { type: "string" } },
  allowPositionals: true,
  strict: false,
});
const [file] = positionals;
if (!file || positionals.length > 1) {
  console.error("Usage: npm run verify-evidence -- file.zip [--key public-key.pem]");
  process.exit(2);
}

try {
  const key = typeof values.key === "string" ? await readFile(values.key, "utf8") : undefined;
  const { statement, problems } = await verifyEvidence(file, key);
  for (const problem of problems) console.log(problem);
  if (problems.length > 0 || !statement) process.exit(1);
  const { incident, madeAt, madeBy, files } = statement;
  console.log(`All ${files.length} files of ${incident} are as they were signed on ${madeAt} for ${madeBy}.`);
  if (!key) console.log("Whose signature it is was not checked: pass --key with the public key of who made it.");
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  console.error(code === "ENOENT" ? `There is no such file: ${message}` : message);
  process.exit(2);
}
