/** The apps that this process started, for what has to be written into the database of each: tokens. */

export interface StartedApp {
  /** Of an app in local mode: its Postgres is embedded. */
  dataDir: string;
  databaseUrl?: string;
}

export const startedApps = new Set<StartedApp>();
