/** A merchant's endpoint that a test controls, destinations for it, and events for them. */
import { createHash } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type postgres from "postgres";

export interface Arrival {
  /** Milliseconds since 1970. */
  at: number;
  /** `webhook-id`: the same on every attempt of one delivery. */
  id: string;
  body: { n: number; object: string };
  status: number;
}

export interface Endpoint {
  url: string;
  arrivals: Arrival[];
  /** The greatest number of simultaneous requests. */
  mostAtOnce(): number;
  /** Sets its answer from now on: a status, 0 for never, or a choice per request. */
  answer(with_: number | ((body: Arrival["body"]) => number), headers?: Record<string, string>): void;
  /** Sets how long it takes to answer. */
  takes(milliseconds: number): void;
  close(): Promise<void>;
}

export async function startEndpoint(): Promise<Endpoint> {
  const arrivals: Arrival[] = [];
  const open = new Set<ServerResponse>();
  let choose: (body: Arrival["body"]) => number = () => 200;
  let headers: Record<string, string> = {};
  let delay = 0;
  let most = 0;
  const server = createServer(async (request, response) => {
    open.add(response);
    response.on("close", () => open.delete(response));
    most = Math.max(most, open.size);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const status = choose(body);
    arrivals.push({ at: Date.now(), id: String(request.headers["webhook-id"]), body, status });
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    if (status > 0) response.writeHead(status, headers).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    arrivals,
    mostAtOnce: () => most,
    answer(with_, and = {}) {
      choose = typeof with_ === "function" ? with_ : () => with_;
      headers = and;
    },
    takes(milliseconds) {
      delay = milliseconds;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Creates an http destination for the events that `publish` makes for its slug. Returns its id. */
export async function addDestination(
  sql: postgres.Sql,
  slug: string,
  url: string,
  settings: Record<string, string | number> = {},
): Promise<number> {
  const row = { slug, name: slug, kind: "http", managed: true, providers: [slug], url, base_delay_ms: 20, ...settings };
  const [made] = await sql`insert into destinations ${sql(row as never)} returning id::int`;
  return made?.id;
}

/** Stores `count` events for a destination, numbered from `from` on. The events are about `objects` of them in turn. */
export async function publish(
  sql: postgres.Sql,
  slug: string,
  count: number,
  { from = 0, objects = count }: { from?: number; objects?: number } = {},
): Promise<void> {
  for (let done = 0; done < count; done += 200) {
    const events = Array.from({ length: Math.min(200, count - done) }, (_, index) => {
      const n = from + done + index;
      const body = Buffer.from(JSON.stringify({ n, object: `object-${n % objects}` }));
      return {
        n: index,
        provider: slug,
        event_key: `${slug}-${n}`,
        event_type: "thing.changed",
        trust: "signed",
        parse_status: "ok",
        object_id: `object-${n % objects}`,
        body: body.toString("base64"),
        fingerprint: createHash("sha256").update(body).digest("hex"),
        method: "POST",
        path: "/",
        headers: [],
        content_type: "application/json",
      };
    });
    // One by one: a batch is stored in the order of its keys' hashes.
    await sql`select count(accept_events(jsonb_build_array(e))) from jsonb_array_elements(${sql.json(events)}) e`;
  }
}
