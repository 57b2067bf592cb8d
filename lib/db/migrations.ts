/** The migrations of this version. */
import { readdirSync } from "node:fs";
import path from "node:path";

/** Their versions, oldest first. Redrive runs in its own directory. */
export function localVersions(): string[] {
  const files = readdirSync(path.join(/* turbopackIgnore: true */ process.cwd(), "supabase/migrations"));
  return files.flatMap((file) => /^(\d{14})_.+\.sql$/.exec(file)?.[1] ?? []).sort();
}
