/** `npm run smoke` and `npm run token` as an operator runs them, and what an installation's tables hold. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import postgres from "postgres";
import { ROOT } from "../../lib/db/supabase-cli";

export interface Ran {
  code: number | null;
  output: string;
  /** Names of the checks with their messages, by result. */
  passed: string[];
  failed: string[];
  skipped: string[];
}

/** What reading alone may change, by design: when a token was last used, and the row that health writes to test writing. */
const WRITTEN_BY_READING: Record<string, string[]> = { api_tokens: ["last_used_at"], write_probe: ["at", "filler"] };

/** What the worker writes by itself, whether or not anybody reads: that it lives, and what each rule saw last. */
const OF_THE_WORKER = ["heartbeats", "alert_series", "retention_turn"];

/** With the environment of the installation, in which the tools find its secrets and its database. */
export async function smoke(url: string, env: Record<string, string>, ...flags: string[]): Promise<Ran> {
  const { code, output } = await npmRun(["smoke", "--", url, ...flags], env);
  const marked = (mark: string) => output.split("\n").flatMap((line) => line.split(`  ${mark}  `)[1] ?? []);
  return { code, output, passed: marked("✓"), failed: marked("✗"), skipped: marked("–") };
}

export async function administratorsToken(env: Record<string, string>, ...flags: string[]): Promise<string> {
  const { code, output } = await npmRun(["token", "--", "--role", "super_admin", ...flags], env);
  if (code !== 0) throw new Error(`npm run token ended with ${code}:\n${output}`);
  return output.trim();
}

async function npmRun(args: string[], env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const foreign = /^(DATABASE_URL|SUPABASE_|PUBLIC_URL|NEXTAUTH_|NODE_ENV|VITEST|REDRIVE_|DATA_DIR|.*_SECRET$|TELNYX_)/;
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  const child = spawn("npm", ["run", "--silent", ...args], {
    cwd: ROOT,
    env: { ...kept, ...env } as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
    });
  }
  const [code] = await once(child, "close");
  return { code, output };
}

/** Per table: its number of rows, and a hash of their content. Without what reading changes by design. */
export async function contentsOf(databaseUrl: string): Promise<Record<string, string>> {
  return withDatabase(databaseUrl, async (sql) => {
    const tables = await sql`
      select c.relname as name from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> all (${OF_THE_WORKER})
      order by 1`;
    const contents: Record<string, string> = {};
    for (const { name } of tables) {
      const [row] = await sql`
        select count(*) || ' rows, ' || coalesce(md5(string_agg(x.line, ',' order by x.line)), '') as said
        from (select (to_jsonb(t) - ${WRITTEN_BY_READING[name] ?? []}::text[])::text as line from ${sql(name)} t) x`;
      contents[name] = row?.said;
    }
    return contents;
  });
}

export async function withDatabase<Result>(url: string, use: (sql: postgres.Sql) => Promise<Result>): Promise<Result> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await use(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}
