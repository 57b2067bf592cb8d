/**
 * `npm run simulate [-- --rate 4 --count 100 --url … --data-dir … --agent-port 4111 --seed 1]` keeps a running Redrive busy: signed
 * events of all providers, some twice, some out of order, a few forged, stale or unusable, and a stand-in for the Agent
 * SDK that fails in phases. In a terminal, f toggles the failing by hand. One line a second; Ctrl-C ends it.
 */
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { HeaderPairs } from "@/lib/providers/provider";
import type { Sample } from "../../lib/samples";
import { sign } from "../fixtures/sign";
import { AGENT_SDK_PORT, type AgentMode, type AgentSdk, startAgentSdk } from "./agent-sdk";
import { findApp, post, secretNamed, signingSecret, ToolError } from "./requests";
import { type Story, stories } from "./stories";

const DUPLICATE_SHARE = 0.04;
const FORGED_SHARE = 0.01;
const STALE_SHARE = 0.01;
const OUT_OF_ORDER_SHARE = 0.06;
const MOST_IN_FLIGHT = 50;

/** The phases of the Agent SDK, repeated. In seconds. */
const PHASES: readonly [AgentMode, number][] = [
  ["ok", 60],
  ["503", 20],
  ["ok", 60],
  ["429", 15],
  ["ok", 45],
  ["422", 5],
];

interface Request {
  sample: Sample;
  headers: HeaderPairs;
  expect: "accepted" | "refused";
}

const totals = { sent: 0, accepted: 0, refused: 0, duplicates: 0, outOfOrder: 0, surprises: 0, unanswered: 0 };
const stopping = new AbortController();

try {
  await simulate();
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function simulate() {
  const options = readArguments();
  for (const provider of ["stripe", "telnyx", "chatwoot", "standard"] as const) signingSecret(provider);
  process.once("SIGINT", () => stopping.abort());
  process.once("SIGTERM", () => stopping.abort());
  const agent = await startAgent(options.agentPort);
  const phases = agent && runPhases(agent);
  phases?.listenToKeys();
  const report = setInterval(() => console.log(line(agent)), 1000);

  await sendAll(options);

  clearInterval(report);
  phases?.stop();
  await agent?.close();
  console.log(`${line(agent)}\nDone. ${totals.surprises === 0 ? "Every answer was the expected one." : ""}`);
  if (totals.surprises + totals.unanswered > 0) process.exitCode = 1;
}

function readArguments() {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: { rate: text, count: text, url: text, "data-dir": text, "agent-port": text, seed: text },
  });
  const number = (name: "rate" | "count" | "agent-port" | "seed", fallback: number): number => {
    const value = Number(values[name] ?? fallback);
    if (!(value >= 0)) throw new ToolError(`--${name} must be a number.`);
    return value;
  };
  return {
    url: findApp(values),
    rate: Math.max(number("rate", 4), 0.1),
    count: number("count", Number.POSITIVE_INFINITY),
    agentPort: number("agent-port", AGENT_SDK_PORT),
    seed: number("seed", Date.now() % 1_000_000),
  };
}

async function startAgent(port: number): Promise<AgentSdk | undefined> {
  const secret = secretNamed("AGENT_SDK_SECRET");
  try {
    const agent = await startAgentSdk({ port, failureRate: 0.02, ...(secret && { secret }) });
    console.log(`Agent SDK (a stand-in) at ${agent.url}${process.stdin.isTTY ? ", f toggles its failing" : ""}`);
    return agent;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    console.log(`Port ${port} is taken, so whatever listens there plays the Agent SDK.`);
    return undefined;
  }
}

/** Walks through PHASES until f is pressed. From then on the keyboard decides. */
function runPhases(agent: AgentSdk) {
  let timer: NodeJS.Timeout;
  const enter = (index: number) => {
    const [mode, seconds] = PHASES[index % PHASES.length] as (typeof PHASES)[number];
    agent.setMode(mode);
    timer = setTimeout(() => enter(index + 1), seconds * 1000);
  };
  enter(0);
  return {
    stop() {
      clearTimeout(timer);
      if (process.stdin.isTTY) process.stdin.setRawMode(false);
      process.stdin.pause();
    },
    listenToKeys() {
      if (!process.stdin.isTTY) return;
      process.stdin.setRawMode(true).resume();
      process.stdin.on("data", (keys: Buffer) => {
        if (keys.includes(0x03)) stopping.abort();
        if (!keys.includes("f")) return;
        clearTimeout(timer);
        agent.setMode(agent.mode() === "ok" ? "503" : "ok");
      });
    },
  };
}

async function sendAll({ url, rate, count, seed }: ReturnType<typeof readArguments>) {
  const random = randomFrom(seed);
  const source = stories(random);
  const held: Sample[] = [];
  const flights = new Set<Promise<void>>();
  let last: Request | undefined;
  for (let sent = 0; sent < count && !stopping.signal.aborted; sent++) {
    const request = next(source, random, held, last);
    last = request;
    const flight = deliver(url, request).finally(() => flights.delete(flight));
    flights.add(flight);
    if (flights.size >= MOST_IN_FLIGHT) await Promise.race(flights);
    await wait(1000 / rate, undefined, { signal: stopping.signal }).catch(() => {});
  }
  await Promise.all(flights);
}

/** Mostly the next event of a story; sometimes a repeated request, a delayed one, or one that must be rejected. */
function next(source: Story, random: () => number, held: Sample[], last: Request | undefined): Request {
  const dice = random();
  if (last?.expect === "accepted" && dice < DUPLICATE_SHARE) {
    totals.duplicates++;
    return last;
  }
  if (held.length > 0 && (random() < 0.3 || held.length > 5)) {
    totals.outOfOrder++;
    return signed(held.shift() as Sample);
  }
  if (random() < OUT_OF_ORDER_SHARE) held.push(source());
  const sample = source();
  if (dice > 1 - FORGED_SHARE) return signed(sample, { tampered: true });
  if (dice > 1 - FORGED_SHARE - STALE_SHARE) return signed(sample, { stale: true });
  return signed(sample);
}

function signed(sample: Sample, flaw: { tampered?: boolean; stale?: boolean } = {}): Request {
  const { provider, body, key } = sample;
  const headers = sign(provider, body, { secret: signingSecret(provider), id: key, ...flaw });
  return { sample, headers, expect: flaw.tampered || flaw.stale ? "refused" : "accepted" };
}

async function deliver(url: string, { sample, headers, expect }: Request) {
  totals.sent++;
  try {
    const { status } = await post(url, sample.provider, sample.body, headers);
    const outcome = status >= 200 && status < 300 ? "accepted" : "refused";
    totals[outcome]++;
    if (outcome === expect) return;
    totals.surprises++;
    console.log(
      `  ${sample.provider} ${sample.type} ${sample.key} was answered ${status}; it should have been ${expect}`,
    );
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    totals.unanswered++;
    if (totals.unanswered === 1) console.log(`  ${error.message}`);
  }
}

function line(agent: AgentSdk | undefined): string {
  const { sent, accepted, refused, duplicates, outOfOrder, unanswered } = totals;
  const lost = unanswered > 0 ? `  unanswered ${unanswered}` : "";
  const sdk = agent ? `  | Agent SDK: ${agent.mode()}, received ${agent.received.length}` : "";
  const time = new Date().toISOString().slice(11, 19);
  return `${time}  sent ${sent}  accepted ${accepted}  refused ${refused}  twice ${duplicates}  late ${outOfOrder}${lost}${sdk}`;
}

/** mulberry32: small, and the same for one seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
