/**
 * Telnyx's API as https://developers.telnyx.com/api-reference documents it, as far as reconciliation asks it: webhook
 * deliveries, messaging profiles and connections, in numbered pages.
 */
import { type FakeAnswer, type FakeRequest, type FakeServer, startFakeServer } from "./fake-server";

export interface TelnyxFakeDelivery {
  id: string;
  /** What webhooks have in `data`, or another body. */
  webhook: object;
  /** ISO 8601. */
  startedAt: string;
  finishedAt: string;
  status?: "delivered" | "failed";
  /** Where its attempts were sent. */
  urls?: readonly string[];
}

export interface TelnyxFake extends FakeServer {
  deliveries: TelnyxFakeDelivery[];
  profiles: object[];
  connections: object[];
  /** The key that is valid. */
  key: string;
  /** Answers without `data`. */
  losesList: boolean;
}

const DELIVERY_PARAMETERS =
  /^(page\[(number|size)\]|filter\[event_type\]|filter\[status\]\[eq\]|filter\[(webhook|attempts)\]\[contains\]|filter\[(started|finished)_at\]\[(gte|lte)\])$/;
const PAGE_PARAMETERS = /^(page\[(number|size)\]|filter\[.*\]|sort)$/;
const LARGEST_PAGE = 250;

export async function startTelnyx(key = "KEYFake0123456789_telnyx"): Promise<TelnyxFake> {
  const server = await startFakeServer("x-request-id", answer);
  const fake: TelnyxFake = { ...server, deliveries: [], profiles: [], connections: [], key, losesList: false };
  return fake;

  function answer(request: FakeRequest): FakeAnswer {
    if (request.headers.authorization !== `Bearer ${fake.key}`) {
      return problem(401, "10009", "Authentication failed", "The API key is not valid.");
    }
    const { path, method } = request;
    if (method !== "GET") return problem(405, "10007", "Method not allowed", method);
    if (path === "/v2/webhook_deliveries") return paged(request, DELIVERY_PARAMETERS, matching(request).map(printed));
    if (path === "/v2/messaging_profiles") return paged(request, PAGE_PARAMETERS, fake.profiles);
    if (path === "/v2/connections") return paged(request, PAGE_PARAMETERS, fake.connections);
    const [, id] = /^\/v2\/webhook_deliveries\/([^/]+)$/.exec(path) ?? [];
    const delivery = fake.deliveries.find((one) => one.id === id);
    return delivery ? { json: { data: printed(delivery) } } : problem(404, "10005", "Resource not found", path);
  }

  /** The newest first. */
  function matching({ query }: FakeRequest): TelnyxFakeDelivery[] {
    const types = query.get("filter[event_type]")?.split(",");
    const contains = (name: string, value: unknown) => JSON.stringify(value).includes(query.get(name) ?? "");
    const isIn = (name: string, time: string) =>
      (query.get(`filter[${name}][gte]`) ?? "") <= time && time <= (query.get(`filter[${name}][lte]`) ?? "9");
    return fake.deliveries
      .filter(({ startedAt, finishedAt }) => isIn("started_at", startedAt) && isIn("finished_at", finishedAt))
      .filter(({ status = "delivered" }) => (query.get("filter[status][eq]") ?? status) === status)
      .filter(({ webhook }) => types === undefined || types.includes((webhook as { event_type: string }).event_type))
      .filter(({ webhook }) => contains("filter[webhook][contains]", webhook))
      .sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0));
  }

  function paged({ query }: FakeRequest, allowed: RegExp, all: readonly object[]): FakeAnswer {
    const unknown = [...query.keys()].find((name) => !allowed.test(name));
    if (unknown !== undefined) return problem(400, "10015", "Invalid parameter", unknown);
    const [number, size] = [Number(query.get("page[number]") ?? 1), Number(query.get("page[size]") ?? 20)];
    if (!(number >= 1 && size >= 1 && size <= LARGEST_PAGE)) return problem(400, "10015", "Invalid page", "page");
    const data = fake.losesList ? {} : { data: all.slice((number - 1) * size, number * size) };
    const pages = Math.ceil(all.length / size);
    return {
      json: { ...data, meta: { page_number: number, page_size: size, total_pages: pages, total_results: all.length } },
    };
  }
}

function printed(delivery: TelnyxFakeDelivery) {
  const { id, webhook, startedAt, finishedAt, status = "delivered", urls = [] } = delivery;
  return {
    id,
    user_id: "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0",
    record_type: "webhook_delivery",
    status,
    webhook,
    started_at: startedAt,
    finished_at: finishedAt,
    attempts: urls.map((url) => ({
      status,
      started_at: startedAt,
      finished_at: finishedAt,
      http: {
        request: { url, headers: [["Accept", "*/*"]] },
        response: { status: status === "delivered" ? 200 : 503, headers: [["Content-Type", "text/html"]], body: "" },
      },
      errors: [],
    })),
  };
}

function problem(status: number, code: string, title: string, detail: string): FakeAnswer {
  return { status, json: { errors: [{ code, title, detail }] } };
}
