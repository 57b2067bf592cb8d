import { readdirSync } from "node:fs";
import path from "node:path";

export interface Migration {
  /** Fourteen digits, as the Supabase CLI counts. */
  version: string;
  name: string;
  file: string;
}

/** Oldest first. Relative to the directory where the process was started: bundled code does not know where it was built. */
export function localMigrations(): Migration[] {
  const directory = path.join(/* turbopackIgnore: true */ process.cwd(), "supabase/migrations");
  return readdirSync(directory)
    .sort()
    .flatMap((file) => {
      const [, version, name] = /^(\d{14})_(.+)\.sql$/.exec(file) ?? [];
      return version && name ? [{ version, name, file: path.join(directory, file) }] : [];
    });
}
