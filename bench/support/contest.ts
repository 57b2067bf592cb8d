/** What every comparison opens: one cluster, peers as processes of their own, a Redis. All of it ends with `close`. */
import { startBenchCluster } from "./cluster";
import type { Trees } from "./cpu";
import { startPeer } from "./peer-process";
import { startRedis } from "./redis";

export async function openContest() {
  const cluster = await startBenchCluster();
  const closes: (() => Promise<unknown>)[] = [() => cluster.remove()];
  return {
    cluster,
    /** Ends before what was opened earlier. */
    closes,
    /** Starts a peer. `trees` are those of what keeps its data; its own is `app`. */
    async peer(file: string, env: Record<string, string>, trees: Trees) {
      const process = await startPeer(file, env);
      closes.push(process.stop);
      return { process, trees: { app: process.pid, ...trees } };
    },
    /** A Redis, and the environment of peers that use it. */
    async redis(durability: "everysec" | "always") {
      const redis = await startRedis(durability);
      closes.push(redis.stop);
      return { pid: redis.pid, env: { REDIS_PORT: String(redis.port) } };
    },
    async close() {
      for (const one of closes.toReversed()) await one();
    },
  };
}

export type Contest = Awaited<ReturnType<typeof openContest>>;
