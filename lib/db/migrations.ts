/** The migrations of this version. */
import { readdirSync } from "node:fs";
import path from "node:path";

/** Their versions, oldest first. Bundled code cannot know the root; Redrive runs in it. */
export function localVersions(root: string = process.cwd()): string[] {
  const files = readdirSync(path.join(/* turbopackIgnore: true */ root, "supabase/migrations"));
  return files.flatMap((file) => /^(\d{14})_.+\.sql$/.exec(file)?.[1] ?? []).sort();
}
