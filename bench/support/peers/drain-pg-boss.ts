/**
 * A worker of pg-boss that fetches again at once: its own `work` waits half a second between two batches. It completes each
 * job by itself, as one must whose jobs may fail by themselves, or with ACKNOWLEDGE=batches a batch at a time.
 */
import { setTimeout as sleep } from "node:timers/promises";
import PgBoss from "pg-boss";
import { serveDrain } from "./drain";
import type { PeerEvent } from "./serve";

const LOOPS = 4;
const BATCH = 64;
const PAUSE_MS = 50;

const boss = new PgBoss({ connectionString: process.env.DATABASE_URL, max: 16 });
boss.on("error", console.error);
await boss.start();
await boss.createQueue("webhooks");
await serveDrain({
  fill: (events) => boss.insert(events.map((data) => ({ name: "webhooks", data }))),
  async start(apply) {
    let stopping = false;
    const loop = async () => {
      while (!stopping) {
        const jobs = await boss.fetch<PeerEvent>("webhooks", { batchSize: BATCH });
        if (jobs.length === 0) await sleep(PAUSE_MS);
        else if (process.env.ACKNOWLEDGE === "batches") {
          await Promise.all(jobs.map((job) => apply(job.data)));
          await boss.complete(
            "webhooks",
            jobs.map(({ id }) => id),
          );
        } else await Promise.all(jobs.map((job) => apply(job.data).then(() => boss.complete("webhooks", job.id))));
      }
    };
    const loops = Promise.all(Array.from({ length: LOOPS }, loop));
    return () => {
      stopping = true;
      return loops;
    };
  },
});
