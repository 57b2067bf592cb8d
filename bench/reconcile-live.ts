/** Small webhooks at a steady rate, as a busy desk gets them, and how long their answers took. */
import http from "node:http";
import { stripeEvent } from "../lib/providers/stripe/sample";
import { sign } from "../tests/fixtures/sign";
import { post } from "../tests/support/load";

const PER_SECOND = 50;

/** Sends until `isOver`, or for so many seconds. Returns the times of the answers in milliseconds. */
export async function sendWebhooks(url: string, seconds: number, isOver = () => false): Promise<number[]> {
  const agent = new http.Agent({ keepAlive: true });
  const times: number[] = [];
  const sends: Promise<void>[] = [];
  for (let n = 0; n < PER_SECOND * seconds && !isOver(); n += 1) {
    const body = Buffer.from(JSON.stringify(stripeEvent({ type: "invoice.payment_failed" })));
    const headers = sign("stripe", body).map(([name, value]): [string, string] => [name, value]);
    const started = performance.now();
    sends.push(
      post(new URL("/api/webhooks/stripe", url), body, headers, agent).then((answer) => {
        if (typeof answer === "string" || answer.status !== 200) {
          throw new Error(`Webhook ${n} was not stored: ${JSON.stringify(answer)}`);
        }
        times.push(performance.now() - started);
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 1000 / PER_SECOND));
  }
  await Promise.all(sends);
  agent.destroy();
  return times;
}
