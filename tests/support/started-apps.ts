/** The apps that this process started, to write tokens into the database of each. */

export interface StartedApp {
  /** The app's data directory. In local mode the embedded Postgres is in it. */
  dataDir: string;
  databaseUrl?: string;
}

export const startedApps = new Set<StartedApp>();
