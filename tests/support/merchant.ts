/** A merchant's endpoint: verifies every request with the `standardwebhooks` package and the one secret it knows. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";

export interface MerchantRequest {
  id: string;
  headers: Record<string, string>;
  body: string;
  /** The result of standardwebhooks. */
  verified: boolean;
  answered: number;
}

export interface Merchant {
  url: string;
  received: MerchantRequest[];
  /** The secret it verifies with. */
  secret: string;
  /** Its answer to a verified request; all others get 401. */
  status: number;
  /** Answers with the request's own headers and body. */
  echo: boolean;
  close(): Promise<void>;
}

/** On `host`, so that two merchants can be two hosts on one machine. */
export async function startMerchant(host = "127.0.0.1"): Promise<Merchant> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString("utf8");
    const headers = request.headers as Record<string, string>;
    const verified = verifies(merchant.secret, body, headers);
    const answered = verified ? merchant.status : 401;
    merchant.received.push({ id: headers["webhook-id"] ?? "", headers, body, verified, answered });
    response.writeHead(answered, merchant.echo ? { "x-echo": headers["x-api-key"] ?? "" } : {});
    response.end(merchant.echo ? JSON.stringify({ headers, body, secret: merchant.secret }) : "");
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const merchant: Merchant = {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    received: [],
    secret: "",
    status: 200,
    echo: false,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return merchant;
}

function verifies(secret: string, body: string, headers: Record<string, string>): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}
