/** The genuine traffic of `npm run bench:hostile`: signed webhooks of six providers at an even pace, each timed. */
import http from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { type SampleOptions, sample } from "../lib/samples";
import { requestOf, type Sender } from "../tests/fixtures/sign";

const PER_SECOND = 50;
/** Providers give up after ten seconds or earlier. */
const PATIENCE_MS = 10_000;

/** The time of a webhook that was refused, or not answered at all. */
export const NEVER = 1e9;

const TRAFFIC: readonly [Sender, string][] = [
  ["stripe", "invoice.payment_succeeded"],
  ["telnyx", "message.received"],
  ["chatwoot", "message_created"],
  ["shopify", "orders/create"],
  ["stripe", "customer.subscription.updated"],
  ["standard", "order.created"],
  ["smartlead", "EMAIL_SENT"],
];

export interface Taken {
  /** From the first byte to the end of the answer; NEVER unless it was a 2xx. */
  ms: number;
  answer: string;
  /** The event's id, when it was taken. */
  event?: number;
}

/** Sends for so many seconds and until `beside` ends, without waiting for answers. Resolves when none is outstanding. */
export async function genuineTraffic(url: string, seconds: number, beside?: Promise<unknown>): Promise<Taken[]> {
  let alone = beside === undefined;
  beside?.finally(() => {
    alone = true;
  });
  const agent = new http.Agent({ keepAlive: true });
  const started = performance.now();
  const sent: Promise<Taken>[] = [];
  for (let n = 0; n < seconds * PER_SECOND || !alone; n += 1) {
    sent.push(one(url, agent, n));
    const early = started + ((n + 1) * 1000) / PER_SECOND - performance.now();
    if (early > 0) await pause(early);
  }
  const taken = await Promise.all(sent);
  agent.destroy();
  return taken;
}

function one(url: string, agent: http.Agent, n: number): Promise<Taken> {
  const [provider, type] = TRAFFIC[n % TRAFFIC.length] as [Sender, string];
  const options: SampleOptions = { organisation: "org_bench", stripe: { customer: `cus_bench${n % 40}` } };
  const { id, body } = sample(provider, type, options);
  const request = requestOf(provider, body, { id, topic: type });
  const started = performance.now();
  return new Promise((resolve) => {
    const headers = Object.fromEntries(request.headers.map(([name, value]) => [name, value]));
    const sending = http.request(new URL(request.path, url), { method: "POST", headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", () => {});
      response.on("end", () => {
        const ok = response.statusCode === 200;
        const event = ok ? Number(JSON.parse(Buffer.concat(chunks).toString()).event_id.slice(3)) : undefined;
        resolve({ ms: ok ? performance.now() - started : NEVER, answer: String(response.statusCode), event });
      });
    });
    const giveUp = setTimeout(() => sending.destroy(new Error("no answer")), PATIENCE_MS);
    sending.on("error", (error) => resolve({ ms: NEVER, answer: error.message }));
    sending.on("close", () => clearTimeout(giveUp));
    sending.end(request.body);
  });
}
