/** graphile-worker: one job per event, deduplicated by its key while it waits. */
import { makeWorkerUtils } from "graphile-worker";
import pg from "pg";
import { serve } from "./serve";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 });
pool.on("error", console.error);
const worker = await makeWorkerUtils({ pgPool: pool });
await worker.migrate();
serve((event) => worker.addJob("apply", event, { jobKey: event.id }));
