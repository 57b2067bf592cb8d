/** A worker of BullMQ. */
import { Queue, Worker } from "bullmq";
import { CONCURRENCY, serveDrain } from "./drain";
import type { PeerEvent } from "./serve";

const connection = { host: "127.0.0.1", port: Number(process.env.REDIS_PORT) };
const queue = new Queue("webhooks", { connection });
await queue.waitUntilReady();
await serveDrain({
  fill: (events) =>
    queue.addBulk(events.map((data) => ({ name: data.type, data, opts: { jobId: data.id, removeOnComplete: true } }))),
  async start(apply) {
    const worker = new Worker<PeerEvent>("webhooks", (job) => apply(job.data), {
      connection,
      concurrency: CONCURRENCY,
    });
    worker.on("error", console.error);
    await worker.waitUntilReady();
    return () => worker.close();
  },
});
