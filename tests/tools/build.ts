/** Builds the console when its build is missing or stale, as each start does. `npm test` runs it once, early. */
import { ensureBuild } from "../../lib/boot/build";
import { ROOT } from "../../lib/db/supabase-cli";

await ensureBuild(ROOT, (line) => console.log(line));
