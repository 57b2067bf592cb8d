/**
 * Keeps what is generated from supabase/schemas in step with it: the migrations and lib/db/database.types.ts.
 *
 *   npm run db:diff [-- name]         writes the next migration (when the schema changed) and the types
 *   npm run db:diff -- --fresh        rewrites all generated migrations as one: only before anything was released
 *   npm run check:generated           fails when something is not in step
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import postgres from "postgres";
import { cliUrl, ROOT, supabase } from "../lib/db/supabase-cli";
import { startThrowawayPostgres } from "../lib/db/throwaway";
import { bookProblems } from "./book";
import { withDataMoves } from "./data-moves";

const SCHEMAS = path.join(ROOT, "supabase/schemas");
const MIGRATIONS = path.join(ROOT, "supabase/migrations");
const TYPES = path.join(ROOT, "lib/db/database.types.ts");
/** Roles belong to the cluster, so a comparison of databases cannot see them: this file is copied, not compared. */
const ROLES = {
  schema: path.join(SCHEMAS, "000_roles.sql"),
  migration: path.join(MIGRATIONS, "20261122000000_roles.sql"),
};
/** What the owner may do goes without saying, and the owner has another name in other databases. */
const OWNER_GRANT = /^(REVOKE|GRANT) [^;]*? (FROM|TO) "redrive";\n*/gm;
const TYPES_HEADER = "// Generated from supabase/schemas by `npm run db:types`. Do not edit.\n\n";

const options = process.argv.slice(2);
const name = options.find((option) => /^\w+$/.test(option)) ?? "schema";

try {
  const problems = options.includes("--check") ? await check() : await write();
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

/** Whatever is not in step, each with what to do about it. */
async function check(): Promise<string[]> {
  const problems = schemaProblems();
  if (!existsSync(ROLES.migration) || !sameStatements(ROLES.migration, ROLES.schema)) {
    problems.push("000_roles.sql differs from its migration: run `npm run db:diff`.");
  }
  const { difference, types } = await compare();
  if (difference)
    problems.push(
      `supabase/migrations lack what supabase/schemas say: run \`npm run db:diff\`.\n${excerpt(difference)}`,
    );
  if (!existsSync(TYPES) || read(TYPES) !== types) {
    problems.push("lib/db/database.types.ts is not what supabase/schemas say: run `npm run db:types`.");
  }
  if (problems.length === 0) console.log("Generated files are fresh.");
  return problems;
}

async function write(): Promise<string[]> {
  const problems = schemaProblems();
  if (problems.length > 0) return problems;
  if (options.includes("--fresh")) {
    for (const file of sqlFiles(MIGRATIONS)) if (file !== ROLES.migration) rmSync(file);
  }
  if (!existsSync(ROLES.migration) || !sameStatements(ROLES.migration, ROLES.schema)) {
    writeFileSync(ROLES.migration, read(ROLES.schema));
  }

  const { difference, types } = await compare();
  writeFileSync(TYPES, types);
  if (!difference) {
    console.log("The migrations say all that the schemas say. Types are written.");
    return [];
  }
  const file = path.join(MIGRATIONS, `${nextVersion()}_${name}.sql`);
  writeFileSync(file, `-- Generated from supabase/schemas by \`npm run db:diff\`.\n\n${withDataMoves(difference)}\n`);
  console.log(`Written: ${path.relative(ROOT, file)} and ${path.relative(ROOT, TYPES)}`);

  const left = (await compare()).difference;
  return left
    ? [`After this migration the databases still differ. Say it by hand in a migration:\n${excerpt(left)}`]
    : [];
}

/** What breaks the rules of book.ts. */
function schemaProblems(): string[] {
  return bookProblems(sqlFiles(SCHEMAS).map((file) => ({ name: path.basename(file), text: read(file) })));
}

/** Builds one database from the migrations and one from the schemas. */
async function compare(): Promise<{ difference: string; types: string }> {
  const cluster = await startThrowawayPostgres();
  try {
    const from = await cluster.create("migrations");
    const to = await cluster.create("schemas");
    // One after the other: both create the roles of the cluster.
    await apply(from, sqlFiles(MIGRATIONS));
    await apply(to, sqlFiles(SCHEMAS));
    const [difference, types] = await Promise.all([
      supabase("db", "diff", "--from", cliUrl(from), "--to", cliUrl(to)),
      supabase("gen", "types", "typescript", "--schema", "public", `--remote=${cliUrl(to)}`),
    ]);
    return { difference: statements(difference), types: TYPES_HEADER + formatted(types) };
  } finally {
    await cluster.remove();
  }
}

async function apply(url: string, files: string[]): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    for (const file of files) {
      await sql.unsafe(read(file)).catch((error) => {
        const position = Number((error as { position?: string }).position ?? 0);
        const line = position ? `:${read(file).slice(0, position).split("\n").length}` : "";
        throw new Error(`${path.relative(ROOT, file)}${line}: ${(error as Error).message}`);
      });
    }
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** What really differs. Empty when nothing is left but settings and remarks. */
function statements(difference: string): string {
  const portable = difference.replace(OWNER_GRANT, "").trim();
  const lines = portable.split("\n").filter((line) => !/^(\s*|--.*|SET .*;|No schema changes.*)$/i.test(line));
  return lines.length > 0 ? portable : "";
}

function excerpt(difference: string): string {
  const lines = difference.split("\n");
  return lines.length > 40 ? [...lines.slice(0, 40), `… and ${lines.length - 40} lines more`].join("\n") : difference;
}

/** The CLI may chat before the types; Biome gives them one shape, whatever version printed them. */
function formatted(types: string): string {
  const code = types.slice(types.indexOf("export type Json"));
  const biome = path.join(ROOT, "node_modules/.bin/biome");
  const result = spawnSync(biome, ["format", "--stdin-file-path=types.ts"], {
    input: code,
    encoding: "utf8",
    cwd: ROOT,
  });
  if (result.status !== 0 || !result.stdout) throw new Error(`The types could not be formatted: ${result.stderr}`);
  return result.stdout;
}

/** Comments may change after a migration landed. */
function sameStatements(one: string, other: string): boolean {
  const [a, b] = [one, other].map((file) => read(file).replace(/^--.*\n/gm, ""));
  return a === b;
}

/** Now, as the Supabase CLI counts, and always after the newest. */
function nextVersion(): string {
  const now = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const newest = path.basename(sqlFiles(MIGRATIONS).at(-1) ?? "0").split("_")[0];
  return String(Math.max(Number(now), Number(newest) + 1));
}

function sqlFiles(directory: string): string[] {
  const files = readdirSync(directory).filter((file) => file.endsWith(".sql"));
  return files.sort().map((file) => path.join(directory, file));
}

function read(file: string): string {
  return readFileSync(file, "utf8");
}
