/** The process of generator.ts: is told what to send, prepares it, sends it, and answers what it heard. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Generated, GeneratorOptions, Heard } from "./generator";
import { openConnection, type RawConnection } from "./raw-connection";
import { type PreparedRequest, prepare } from "./requests";

/** More than any server here answers per second. */
const MOST_PER_SECOND = 16_000;

const [options] = (await once(process, "message")) as [GeneratorOptions];
const { rate, seconds, connections, most = MOST_PER_SECOND * seconds } = options;
const count = Math.round(rate ? rate * seconds : most);
const requests = prepare({ ...options, count, prefix: randomBytes(5).toString("hex") });
const { hostname, port } = new URL(options.url);
const open = await Promise.all(Array.from({ length: connections }, () => openConnection(hostname, Number(port))));
process.send?.("ready");
await once(process, "message");

const heard: Heard[] = [];
const before = process.cpuUsage();
const started = performance.now();
await (rate ? sendWhenDue(rate) : sendOnAnswer());
const took = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(before);
const accepted = heard.filter(({ status }) => status >= 200 && status < 300).length;
const generated: Generated = { heard, seconds: took, rate: accepted / took, accepted, cpu: (user + system) / 1e6 };
process.send?.(generated, () => process.exit(0));

async function sendOnAnswer(): Promise<void> {
  const endAt = started + seconds * 1000;
  let next = 0;
  await Promise.all(
    open.map(async (connection) => {
      while (performance.now() < endAt && next < count) await send(connection, requests[next++], performance.now());
    }),
  );
}

/** What is due while no connection is free waits, and its time counts from when it was due. */
async function sendWhenDue(perSecond: number): Promise<void> {
  const idle = [...open];
  const waiting: { request: PreparedRequest; due: number }[] = [];
  const sends = new Set<Promise<void>>();
  const startNext = () => {
    while (waiting.length > 0 && idle.length > 0) {
      const connection = idle.pop() as RawConnection;
      const { request, due } = waiting.shift() as (typeof waiting)[number];
      const sent = send(connection, request, due).then(() => {
        idle.push(connection);
        sends.delete(sent);
        startNext();
      });
      sends.add(sent);
    }
  };
  for (let next = 0; next < count; ) {
    for (; next < count && performance.now() >= started + (next * 1000) / perSecond; next += 1) {
      waiting.push({ request: requests[next] as PreparedRequest, due: started + (next * 1000) / perSecond });
    }
    startNext();
    await sleep(1);
  }
  while (sends.size > 0) await Promise.all(sends);
}

async function send(connection: RawConnection, request: PreparedRequest | undefined, due: number): Promise<void> {
  if (!request) return;
  const status = await connection.send(request.wire);
  heard.push({ id: request.id, at: performance.timeOrigin + due, ms: performance.now() - due, status });
}
