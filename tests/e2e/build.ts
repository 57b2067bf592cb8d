/** Before all specs: the console is built once, so that no spec waits for it. */
import { ensureBuild } from "../../lib/boot/build";
import { ROOT } from "../../lib/db/supabase-cli";

export default async function buildOnce(): Promise<void> {
  await ensureBuild(ROOT, (line) => console.log(line));
}
