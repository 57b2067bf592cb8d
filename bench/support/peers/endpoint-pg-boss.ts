/** pg-boss: one job per event. It has no deduplication that outlives a job. */
import PgBoss from "pg-boss";
import { serve } from "./serve";

const boss = new PgBoss({ connectionString: process.env.DATABASE_URL, max: 16 });
boss.on("error", console.error);
await boss.start();
await boss.createQueue("webhooks");
serve((event) => boss.send("webhooks", event));
