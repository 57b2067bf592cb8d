/** Supabase's own PostgREST-compatible server over a test database, so that the real supabase-js meets real HTTP. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { App } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";

export const LITE_SECRET_KEY = "sb_secret_redriveTestsOnlySecretKey00";

export interface Lite {
  url: string;
  close(): Promise<void>;
}

export async function startLite(databaseUrl: string): Promise<Lite> {
  const connection = createPostgresConnection({
    url: databaseUrl,
    // Lite 0.10 stringifies jsonb arguments of an rpc before its driver does so again: a string passes as it is.
    postgresOptions: {
      types: {
        jsonb: {
          to: 3802,
          from: [3802],
          serialize: (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value)),
          parse: (text: string) => JSON.parse(text),
        },
      },
    },
  });
  const app = new App({
    connection,
    auth: { enabled: false, publishable_key: "sb_publishable_redriveTests", secret_key: LITE_SECRET_KEY },
  } as never);
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as [string, string]);
    const body = incoming.method === "GET" || incoming.method === "HEAD" ? undefined : Buffer.concat(chunks);
    const request = new Request(`http://localhost${incoming.url}`, { method: incoming.method, headers, body });
    const response: Response = await app.fetch(request, { peerAddress: null } as never);
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await (connection as unknown as { close?: () => Promise<void> }).close?.();
    },
  };
}
