/**
 * `npm run send -- <provider> <event> [--stale|--tampered|--unsigned|--twice] [--url …] [--data-dir …] [--key …] [--org …]`
 * posts a really signed sample to a running Redrive and prints where to see it. Exit 0: answered as it should be.
 */
import { parseArgs } from "node:util";
import { sample } from "../../lib/samples";
import { makerOf } from "../../lib/samples/sign";
import { requestOf, SENDERS, type Sender } from "../fixtures/sign";
import { type Answer, findApp, post, signingSecret, ToolError } from "./requests";

const USAGE = `npm run send -- <provider> <event> [options]

  --stale      signed properly, ten minutes ago (${SENDERS.filter((sender) => makerOf(sender).signsTime).join(", ")})
  --tampered   the signature belongs to another body, or the secret is a wrong one
  --unsigned   no signature, no secret
  --twice      the same request two times: the second is a duplicate
  --key <id>   the event's id (default: a new one)
  --org <id>   the organisation it belongs to (Stripe account, Telnyx organisation, Chatwoot account number, Shopify
               or Mitto shop)
  --url <url>  the running app (default: the one on PORT, the one that runs in DATA_DIR, or http://localhost:3000)
  --data-dir <directory>  where the running app keeps its secrets (default: DATA_DIR, or .data)

Providers and events:
${SENDERS.map((provider) => `  ${provider.padEnd(10)} ${makerOf(provider).types.join("\n             ")}`).join("\n")}`;

try {
  process.exitCode = await send();
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function send(): Promise<number> {
  const { provider, type, options } = readArguments();
  if (provider === undefined || type === undefined) {
    console.log(USAGE);
    return 0;
  }
  const { stale, tampered, unsigned, key, org: organisation } = options;
  const made = sample(provider, type, { ...(key && { key }), ...(organisation && { organisation }) });
  let answeredId: string | undefined;
  const { path, headers, body } = requestOf(provider, made.body, {
    secret: signingSecret(provider),
    id: made.id,
    topic: type,
    ...(organisation && { shop: organisation }),
    stale,
    tampered,
    unsigned,
  });
  const shouldPass = !stale && !tampered && !unsigned;

  let asExpected = true;
  for (let turn = 0; turn < (options.twice ? 2 : 1); turn++) {
    console.log(`POST ${options.url}/api/webhooks/${provider}  ${type}  ${made.key}`);
    const answer = await post(options.url, provider, body, headers, path);
    console.log(`  ${answer.status} in ${answer.milliseconds} ms  ${answer.body.slice(0, 500)}`);
    asExpected &&= matches(answer, shouldPass);
    answeredId = /"event_id":"(we_\d+)"/.exec(answer.body)?.[1];
  }
  console.log(whatToLookAt(options.url, answeredId, shouldPass, asExpected, provider));
  return asExpected ? 0 : 1;
}

function readArguments() {
  const { values, positionals } = parsed();
  const [provider, type] = positionals;
  if (provider !== undefined && !isSender(provider)) {
    throw new ToolError(`There is no sample for "${provider}". Known providers: ${SENDERS.join(", ")}.`);
  }
  if (provider !== undefined && (type === undefined || !makerOf(provider).types.includes(type))) {
    const known = makerOf(provider).types.join(", ");
    throw new ToolError(`${type ? `${provider} has no sample "${type}"` : "Which event?"} Known events: ${known}.`);
  }
  if (values.stale && provider !== undefined && !makerOf(provider).signsTime) {
    throw new ToolError(`${provider} signs no time, so nothing it sends is stale.`);
  }
  if (provider === "chatwoot" && values.org !== undefined && !/^\d+$/.test(values.org)) {
    throw new ToolError("--org is a number for Chatwoot: its accounts are numbered.");
  }
  return { provider, type, options: { ...values, url: findApp(values) } };
}

function parsed() {
  const flag = { type: "boolean" } as const;
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        stale: flag,
        tampered: flag,
        unsigned: flag,
        twice: flag,
        key: text,
        org: text,
        url: text,
        "data-dir": text,
      },
    });
  } catch (error) {
    throw new ToolError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function isSender(name: string): name is Sender {
  return (SENDERS as readonly string[]).includes(name);
}

function matches(answer: Answer, shouldPass: boolean): boolean {
  return shouldPass ? answer.status >= 200 && answer.status < 300 : answer.status === 400 || answer.status === 401;
}

function whatToLookAt(
  url: string,
  id: string | undefined,
  shouldPass: boolean,
  asExpected: boolean,
  provider: Sender,
): string {
  if (asExpected && shouldPass) return `Open it: ${url}/events/${id}`;
  if (asExpected) return `Refused, as it should be. It is no event; the last rejection is counted on the overview`;
  if (!shouldPass) return "This should have been refused with 400 or 401.";
  return (
    `This should have been accepted. 400 and 401: the app has another secret for ${provider} than this tool. ` +
    "503: the provider's secret or the database is missing. 404: not the address of a Redrive."
  );
}
