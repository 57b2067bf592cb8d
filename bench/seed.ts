/**
 * Fills an empty database with a realistic history: 10,000,000 events of 30 days, or as many as the argument says. The events
 * are made in the server, by statements that write half a million each, and the indexes after them. Prints its time and the
 * disk it took, and stops where the disk would not do.
 *
 *   DATABASE_URL=postgres://… npm run bench:seed [-- 10000000]
 */
import postgres from "postgres";
import { migrate } from "../lib/db/migrate";
import { seedLargeHistory } from "./support/large-history";

const events = Number(process.argv[2] ?? 10_000_000);
const url = process.env.DATABASE_URL;
if (!url || !Number.isInteger(events)) {
  console.error("Set DATABASE_URL to an empty database: DATABASE_URL=postgres://… npm run bench:seed -- 1000000");
  process.exit(1);
}
await migrate(url, console.log);
const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { TimeZone: "UTC" } });
try {
  const seeded = await seedLargeHistory(sql, events, console.log);
  const perEvent = Math.round(seeded.bytes / seeded.events);
  console.log(
    `${seeded.events.toLocaleString("en")} events in ${Math.round(seeded.seconds)} s, ` +
      `${(seeded.bytes / 2 ** 30).toFixed(1)} GiB (${perEvent} bytes each)`,
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await sql.end({ timeout: 5 });
}
