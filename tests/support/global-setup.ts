/** Vitest's global setup for everything that needs Postgres: `npm test` has started a cluster, a single project starts one. */
import { startTestCluster } from "./cluster";

export default startTestCluster;
