/** Partitions of the received bytes, made ahead of the events (supabase/schemas/202_body_partitions.sql). */
import { call } from "@/lib/db/client";
import { log } from "@/lib/log";

/** A large last partition gets its end in three steps. */
const MOST_STEPS = 4;

/** Makes partitions where fewer than two are ahead. What is not done now is done a minute later: nothing waits for it. */
export async function ensurePartitions(): Promise<void> {
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const { result, ahead } = await call("pipeline", "ensure_body_partitions", {});
    if (result === "made") log("partitions_made", { ahead });
    if (result !== "again") return;
  }
}
