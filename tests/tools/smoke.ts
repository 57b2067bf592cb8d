/**
 * `npm run smoke -- <url> [--token <token>] [--write]` checks a running Redrive after a deploy. It only reads; with --write it
 * sends one signed Stripe sample, marked `evt_smoke_…`. Exit 0: everything is as it must be; 1: something is not, and its line
 * says what to do; 2: it was called wrongly.
 */
import { parseArgs } from "node:util";
import { ToolError } from "./requests";
import { type Answer, CHECKS, type Installation, type Need, NotHere } from "./smoke-checks";

const USAGE = `npm run smoke -- <url> [--token <token>] [--write] [--wait <seconds>]

  --token <token>  an administrator's API token; or set REDRIVE_TOKEN. Without one only what is open is checked.
  --write          sends a signed Stripe sample too, marked evt_smoke_…; needs STRIPE_WEBHOOK_SECRET
  --wait <seconds> how long the sample may take until it is processed; 90 without it`;
const TIMEOUT_MS = 20_000;

try {
  process.exitCode = await smoke();
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function smoke(): Promise<number> {
  const { url, token, write, waitMs } = readArguments();
  const desk = installation(url, token, waitMs);
  /** Why further checks would only repeat the same failure. */
  const pointless: Partial<Record<Need, string>> = {};
  const may: Record<Need, boolean> = { nothing: true, token: token !== undefined, write: write && token !== undefined };
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, need, run, opens = [] } of CHECKS) {
    const because = may[need] ? pointless[need] : `needs ${need === "write" && token ? "--write" : "--token"}`;
    if (because) {
      counts.skipped += 1;
      console.log(`  –  ${name}  (${because})`);
      continue;
    }
    try {
      const seen = await run(desk);
      counts.passed += 1;
      console.log(`  ✓  ${name}  ${seen}`);
    } catch (error) {
      const skipped = error instanceof NotHere;
      counts[skipped ? "skipped" : "failed"] += 1;
      for (const closed of opens) pointless[closed] ??= `not checked: "${name}" failed`;
      console.log(`  ${skipped ? "–" : "✗"}  ${name}  ${skipped ? "" : "FAILED: "}${(error as Error).message}`);
    }
  }
  console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed > 0 ? 1 : 0;
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        token: { type: "string" },
        write: { type: "boolean", default: false },
        wait: { type: "string", default: "90" },
      },
    });
    const [url] = positionals;
    if (!url || !URL.canParse(url)) throw new Error("Which installation? Give its address.");
    const waitMs = Number(values.wait) * 1000;
    if (!(waitMs > 0)) throw new Error("--wait is a number of seconds.");
    return {
      url: url.replace(/\/+$/, ""),
      token: values.token ?? process.env.REDRIVE_TOKEN,
      write: values.write,
      waitMs,
    };
  } catch (error) {
    throw new ToolError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function installation(url: string, token: string | undefined, waitMs: number): Installation {
  const authorization = token === undefined ? undefined : `Bearer ${token}`;
  return {
    url,
    authorization,
    waitMs,
    async ask(path, { signedOut, ...init } = {}): Promise<Answer> {
      const headers = new Headers(init.headers);
      if (authorization && !signedOut && !headers.has("authorization")) headers.set("authorization", authorization);
      const response = await fetch(new URL(path, url), {
        ...init,
        headers,
        redirect: "manual",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }).catch((error: Error) => {
        throw new Error(`${path} does not answer (${(error.cause as Error | undefined)?.message ?? error.message})`);
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, json: parsed(text) };
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
