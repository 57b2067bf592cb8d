/** A worker of graphile-worker. */
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import { CONCURRENCY, pool, serveDrain } from "./drain";
import type { PeerEvent } from "./serve";

/** A line per job would cost more than the job. */
const logger = new Logger(() => () => {});
const utils = await makeWorkerUtils({ pgPool: pool, logger });
await utils.migrate();
await serveDrain({
  fill: (events) => utils.addJobs(events.map((payload) => ({ identifier: "apply", payload, jobKey: payload.id }))),
  async start(apply) {
    const runner = await run({
      pgPool: pool,
      logger,
      concurrency: CONCURRENCY,
      noHandleSignals: true,
      taskList: { apply: (payload) => apply(payload as PeerEvent) },
    });
    return () => runner.stop();
  },
});
