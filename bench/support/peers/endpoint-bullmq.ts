/** BullMQ: one job per event, deduplicated by its id. */
import { Queue } from "bullmq";
import { serve } from "./serve";

const queue = new Queue("webhooks", { connection: { host: "127.0.0.1", port: Number(process.env.REDIS_PORT) } });
await queue.waitUntilReady();
serve((event) => queue.add(event.type, event, { jobId: event.id }));
