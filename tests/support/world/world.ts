/**
 * A world of faults: events of all providers, of which some never come, come twice or out of order, one endpoint that fails and
 * one that is disabled for an hour, a secret that is rolled wrongly, and APIs that answer 429 and fail. It is played twice:
 * with its faults, and without any, to compare with.
 */
import type { RawRequest } from "@/lib/providers/provider";
import { type Endpoint, startEndpoint } from "../endpoint";
import type { FakeAnswer } from "../provider-apis/fake-server";
import { chanceOf, shareOf } from "./chance";
import { EVERYTHING_AT_ONCE, isIn, type Outage, type Part, type Planned, planOutage } from "./plan";
import { startProviders, type WorldEvent, type WorldProvider, webhookOf } from "./providers";

const AT_ONCE = 32;
const MOST_RETRIES = 20;
const RETRY_MS = 1_000;

/** The desk that the world is played against, in this process or over HTTP. */
export interface PlayedDesk {
  /** Answers the status. */
  post(request: RawRequest): Promise<number>;
  /** Until nothing is due. */
  settle(): Promise<void>;
  /** Of what says no time itself, the time of receipt counts: it came when it happened. */
  backdate(provider: string, at: string): Promise<void>;
  disable(destination: "crm"): Promise<void>;
  enable(destination: "crm"): Promise<void>;
}

export interface World {
  providers: WorldProvider[];
  plan: Planned<WorldEvent>[];
  /** Gets every event, and fails for some of them. */
  shop: Endpoint;
  /** Gets those of two providers, and is disabled for an hour. */
  crm: Endpoint;
  /** The Agent SDK, which works. */
  agent: Endpoint;
  /** Of the fakes and the Agent SDK, as an app needs it. */
  environment: Record<string, string>;
  /** Plays the outage, and ends it: the endpoints work again, and the secret is right. */
  playOutage(desk: PlayedDesk): Promise<void>;
  /** The same events, once each and in order, with no faults. */
  playReference(desk: PlayedDesk): Promise<void>;
  /** From now on some requests to two of the APIs fail, and succeed when they are repeated. */
  troubleApis(): void;
  close(): Promise<void>;
}

export interface WorldOptions {
  events: number;
  seed: number;
  providers?: readonly string[];
  /** Default: that of the proof. */
  outage?: Outage;
}

export async function openWorld({
  events: count,
  seed,
  providers: slugs,
  outage = EVERYTHING_AT_ONCE,
}: WorldOptions): Promise<World> {
  const chance = chanceOf(seed);
  const providers = await startProviders(count, slugs);
  const [shop, crm, agent] = await Promise.all([startEndpoint(), startEndpoint(), startEndpoint()]);
  const inOrder = providers
    .flatMap(({ events }) => events.map((event, n) => ({ event, place: n / events.length })))
    .toSorted((a, b) => a.place - b.place)
    .map(({ event }) => event);
  const plan = planOutage(inOrder, chance, outage);

  return {
    providers,
    plan,
    shop,
    crm,
    agent,
    environment: Object.assign({ AGENT_SDK_URL: agent.url }, ...providers.map(({ environment }) => environment)),
    async playOutage(desk) {
      await sendKnown(desk);
      const parts = [outage.failing?.part, outage.disabled].flatMap((part) => part ?? []);
      const edges = parts.map((share) => Math.floor(share * plan.length));
      for (let at = 0; at < plan.length; ) {
        const place = at / plan.length;
        if (edges.includes(at)) await change(desk, place);
        const end = Math.min(at + AT_ONCE, plan.length, ...edges.filter((edge) => edge > at));
        await Promise.all(plan.slice(at, end).map((planned) => send(desk, planned)));
        at = end;
      }
      await change(desk, 1);
      for (const { slug, span } of providers) await desk.backdate(slug, span.from_ts);
    },
    async playReference(desk) {
      await sendKnown(desk);
      for (let at = 0; at < inOrder.length; at += AT_ONCE) {
        await Promise.all(inOrder.slice(at, at + AT_ONCE).map((event) => deliver(desk, webhookOf(event), 200)));
      }
      await desk.settle();
    },
    troubleApis() {
      for (const { slug, started } of providers) {
        const limit = {
          status: 429,
          headers: { "retry-after": "1" },
          json: { error: { message: "Too many requests" } },
        };
        if (slug === "stripe") started.fake.tamper(failing(4, limit, /\/events/));
        if (slug === "telnyx") started.fake.tamper(failing(2, { status: 500, text: "" }, /webhook_deliveries/));
      }
    },
    async close() {
      await Promise.all([
        ...providers.map(({ started }) => started.fake.close()),
        ...[shop, crm, agent].map((one) => one.close()),
      ]);
    },
  };

  async function sendKnown(desk: PlayedDesk): Promise<void> {
    for (const { known } of providers) {
      for (let at = 0; at < known.length; at += AT_ONCE) {
        await Promise.all(known.slice(at, at + AT_ONCE).map((request) => deliver(desk, request, 200)));
      }
    }
    await desk.settle();
  }

  /** At an edge of a part of the outage: what came before is delivered before. */
  async function change(desk: PlayedDesk, place: number): Promise<void> {
    await desk.settle();
    const near = (part: Part) => part.map((share) => Math.floor(share * plan.length) / plan.length) as [number, number];
    const { failing, disabled } = outage;
    const fails = failing && isIn(near(failing.part), place);
    shop.answer(fails ? (body) => (shareOf(`${seed} ${JSON.stringify(body)}`) < failing.share ? 422 : 200) : 200);
    if (disabled) await (isIn(near(disabled), place) ? desk.disable("crm") : desk.enable("crm"));
    await desk.settle();
  }

  async function send(desk: PlayedDesk, { event, isDropped, isDoubled, isInWrongSecret }: Planned<WorldEvent>) {
    if (isDropped) return;
    const expected = isInWrongSecret ? "refused" : 200;
    await deliver(desk, webhookOf(event, isInWrongSecret), expected);
    if (isDoubled) await deliver(desk, webhookOf(event, isInWrongSecret), expected);
  }
}

async function deliver(desk: PlayedDesk, request: RawRequest | undefined, expected: 200 | "refused"): Promise<void> {
  if (!request) return;
  let status = await desk.post(request);
  // 503: it is not stored, and a provider sends it again.
  for (let again = 0; status === 503 && again < MOST_RETRIES; again += 1) {
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    status = await desk.post(request);
  }
  if (expected === 200 ? status === 200 : status >= 400 && status < 500) return;
  throw new Error(`${request.path} answered ${status}.`);
}

/** The first requests to a path get this answer instead. */
function failing(times: number, answer: FakeAnswer, path: RegExp) {
  let left = times;
  return (given: FakeAnswer, request: { path: string }) => {
    if (left === 0 || !path.test(request.path)) return given;
    left -= 1;
    return answer;
  };
}
