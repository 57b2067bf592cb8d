/** Before all specs: builds the console once and starts the cluster, so that no spec waits for them. */
import { ensureBuild } from "../../lib/boot/build";
import { ROOT } from "../../lib/db/supabase-cli";
import { startTestCluster } from "../support/cluster";

/** Returns the function that ends the cluster; Playwright calls it after the last spec. */
export default async function prepareOnce(): Promise<() => Promise<void>> {
  await ensureBuild(ROOT, (line) => console.log(line));
  return startTestCluster();
}
