/** Providers under load: each client repeats an event, same key and bytes, until a 2xx, and records what it was answered. */
import { createHash } from "node:crypto";
import http from "node:http";
import { sample } from "../../lib/samples";
import { makerOf } from "../../lib/samples/sign";
import { type Signer, sign } from "../fixtures/sign";

/** The wait of a sender whose request failed. Real ones wait longer. */
const RETRY_PAUSE_MS = 50;
const REQUEST_TIMEOUT_MS = 10_000;
const LONGEST_SILENCE_MS = 60_000;
const PROVIDERS: readonly Signer[] = ["stripe", "telnyx", "chatwoot"];
/** Types that no destination wants: such events are kept and ignored. */
const UNWANTED = new Set(["charge.refunded"]);
const AGAIN_SHARE = 0.03;
const FORGED_SHARE = 0.03;

/** One event and the answer its sender got. `unknown`: the connection broke, so the outcome is unknown. */
export interface Sent {
  provider: Signer;
  key: string;
  sha256: string;
  /** The number of deliveries it must have. */
  deliveries: 0 | 1;
  /** Signed with a wrong secret: must never become an event. */
  forged: boolean;
  acknowledged: boolean;
  /** The number of 2xx that called it a duplicate. */
  duplicates: number;
  unknown: number;
  /** Statuses other than 2xx. */
  refused: number[];
}

export interface Load {
  ledger: Sent[];
  /** Resolves with the time (`performance.now()`) of the first 2xx after this call. Rejects after a minute without one. */
  nextAcknowledgement(): Promise<number>;
  /** Resolves when every client has had its last event acknowledged. */
  stop(): Promise<void>;
}

export interface LoadOptions {
  /** Called before each request, because a restarted app has another port. */
  url: () => string;
  clients: number;
  /** The longest pause of a client between two events. */
  thinkMs: number;
  random: () => number;
}

export function startLoad({ url, clients, thinkMs, random }: LoadOptions): Load {
  const ledger: Sent[] = [];
  const listeners = new Set<(at: number) => void>();
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients });
  let stopping = false;

  async function client(): Promise<void> {
    while (!stopping) {
      const { entry, body, headers } = nextEvent(random);
      ledger.push(entry);
      await sendUntilHeard(entry, body, headers);
      if (entry.acknowledged && random() < AGAIN_SHARE) await once(entry, body, headers());
      await pause(random() * thinkMs);
    }
  }

  async function sendUntilHeard(entry: Sent, body: Buffer, headers: () => [string, string][]): Promise<void> {
    for (;;) {
      await once(entry, body, headers());
      if (entry.acknowledged || (entry.forged && entry.refused.at(-1) !== 503 && entry.refused.length > 0)) return;
      await pause(RETRY_PAUSE_MS);
    }
  }

  async function once(entry: Sent, body: Buffer, headers: [string, string][]): Promise<void> {
    const answer = await post(new URL(`/api/webhooks/${entry.provider}`, url()), body, headers, agent);
    if (answer === "refused_connection") return;
    if (answer === "unknown") entry.unknown += 1;
    else if (answer.status >= 200 && answer.status < 300) {
      entry.acknowledged = true;
      if (JSON.parse(answer.body).duplicate) entry.duplicates += 1;
      for (const listener of listeners) listener(performance.now());
      listeners.clear();
    } else entry.refused.push(answer.status);
  }

  const running = Promise.all(Array.from({ length: clients }, client));
  return {
    ledger,
    nextAcknowledgement: () =>
      new Promise((resolve, reject) => {
        const heard = () => ledger.flatMap((entry) => entry.refused).slice(-5);
        const silence = () => reject(new Error(`Nothing was acknowledged for a minute; heard ${heard().join(", ")}.`));
        const timer = setTimeout(silence, LONGEST_SILENCE_MS);
        listeners.add((at) => {
          clearTimeout(timer);
          resolve(at);
        });
      }),
    async stop() {
      stopping = true;
      await running;
      agent.destroy();
    },
  };
}

/** Chatwoot events without an id: signed again, they are new events, which a sender that retries does not mean. */
const NAMED_WHEN_SIGNED = new Set(["message_updated", "conversation_typing_on", "webwidget_triggered"]);

function nextEvent(random: () => number) {
  const provider = PROVIDERS[Math.floor(random() * PROVIDERS.length)] as Signer;
  const types = makerOf(provider).types.filter((type) => !NAMED_WHEN_SIGNED.has(type));
  const type = types[Math.floor(random() * types.length)] as string;
  const forged = random() < FORGED_SHARE;
  const customer = `cus_load${Math.floor(random() * 40)}`;
  const { key, body: plain } = sample(provider, type, { stripe: { customer } });
  const body = oddly(plain);
  // A key that is made of fields ends with the beginning of the body's hash.
  const [before, after] = [plain, body].map((bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 16));
  const entry: Sent = {
    provider,
    key: key.replace(before as string, after as string),
    sha256: createHash("sha256").update(body).digest("hex"),
    deliveries: UNWANTED.has(type) ? 0 : 1,
    forged,
    acknowledged: false,
    duplicates: 0,
    unknown: 0,
    refused: [],
  };
  // Signed anew each time, as providers do: the timestamp is fresh, key and bytes are the same.
  const headers = () => sign(provider, body, { id: key, tampered: forged }).map(([name, value]) => [name, value]);
  return { entry, body, headers: headers as () => [string, string][] };
}

/** The same event as JSON that no parser and serialiser reproduces: shows whether the bytes are kept. */
function oddly(body: Buffer): Buffer {
  return Buffer.from(`${body.toString().slice(0, -1)} ,\n "exact": 1.10, "big": 12345678901234567890 }\n`);
}

type Heard = { status: number; body: string } | "unknown" | "refused_connection";

/** One POST and its outcome. Never rejects. */
export function post(url: URL, body: Buffer, headers: [string, string][], agent?: http.Agent): Promise<Heard> {
  return new Promise((resolve) => {
    const options = { method: "POST", headers: Object.fromEntries(headers), agent, timeout: REQUEST_TIMEOUT_MS };
    const request = http.request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      response.on("error", () => resolve("unknown"));
    });
    request.on("timeout", () => request.destroy());
    request.on("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code === "ECONNREFUSED" ? "refused_connection" : "unknown"),
    );
    request.end(body);
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
