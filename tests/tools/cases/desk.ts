/** A started app for the cases: the secrets are known, everything it forwards is kept, sources are made as a case asks. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type postgres from "postgres";
import type { RawRequest } from "../../../lib/providers/provider";
import { TEST_SECRETS } from "../../fixtures/sign";
import { type Ask, asker } from "../../support/api";
import { type RunningApp, startApp } from "../../support/app";
import { APP_ENVIRONMENT, connectTo, tokenFor, until } from "../../support/processes";

/** Two secrets as one sender writes them, beside that of the fixtures. */
const TWO_SECRETS = `v1,whsec_${base64("first-first-first-first")}|v1,whsec_${base64("second-second-second")}`;
const SETTLE_MS = 120_000;

export interface Forwarded {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export interface Desk {
  app: RunningApp;
  ask: Ask;
  sql: postgres.Sql;
  /** What http destinations received: the Agent SDK, and one that wants every event. */
  forwarded: Forwarded[];
  /** Posts a request byte by byte as it is. */
  post(request: RawRequest): Promise<{ status: number; body: { event_id?: string; detail?: string; title?: string } }>;
  /** Resolves once no delivery is due or under way. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export async function openCaseDesk(): Promise<Desk> {
  const forwarded: Forwarded[] = [];
  const endpoint = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    forwarded.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) });
    response.end();
  });
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`;
  const app = await startApp({
    env: {
      ...APP_ENVIRONMENT,
      AGENT_SDK_URL: url,
      STANDARD_WEBHOOK_SECRET: `${TEST_SECRETS.standard} ${TWO_SECRETS}`,
    },
  });
  const sql = await connectTo(app.dataDir);
  const ask = asker(app.url, await tokenFor("super_admin", "2h"));
  const made = await ask("POST", "/api/destinations", {
    name: "Everything",
    url: `${url}/everything`,
    providers: ["*"],
  });
  if (made.status !== 201) throw new Error(`The destination could not be made: ${made.text}`);
  return {
    app,
    ask,
    sql,
    forwarded,
    async post({ method, path, headers, body }) {
      const answer = await fetch(new URL(path, app.url), {
        method,
        headers: headers.map(([name, value]): [string, string] => [name, value]),
        ...(method === "POST" && { body: new Uint8Array(body) }),
      });
      return { status: answer.status, body: JSON.parse((await answer.text()) || "{}") };
    },
    settled: () =>
      until(
        "everything is delivered",
        async () => {
          const [row] = await sql`
          select count(*)::int as waiting from deliveries where status in ('pending', 'claimed', 'retrying')`;
          return row?.waiting === 0;
        },
        SETTLE_MS,
      ),
    async close() {
      await sql.end({ timeout: 2 });
      await app.stop();
      endpoint.closeAllConnections();
      endpoint.close();
    },
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
