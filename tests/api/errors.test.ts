/** Errors as callers see them: problem+json that names the field and the request id, and reveals nothing internal. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sample } from "../../lib/samples";
import { sign } from "../fixtures/sign";
import { tokenFor, until } from "../support/processes";
import { openApp, type SharedApp } from "../support/shared-app";

let app: SharedApp;
let token: string;
/** Every answer of this file, to be searched for text that must not be in it. */
const answers: string[] = [];

beforeAll(async () => {
  app = await openApp({}, { slowMilliseconds: 10_000 });
  token = await tokenFor("super_admin");
}, 300_000);

afterAll(() => app?.close());

interface Heard {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

async function ask(target: string, init: RequestInit = {}): Promise<Heard> {
  const headers = { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) };
  const response = await fetch(`${app.url}${target}`, { ...init, headers });
  const text = await response.text();
  answers.push(text);
  return { status: response.status, headers: response.headers, body: JSON.parse(text) };
}

const post = (target: string, body: string | undefined, headers: Record<string, string> = {}) =>
  ask(target, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });

function expectProblem({ status, headers, body }: Heard, expected: { status: number; field?: string }): void {
  expect({ status, field: body.field }).toEqual({ field: undefined, ...expected });
  expect(headers.get("content-type")).toContain("application/problem+json");
  expect(headers.get("cache-control")).toContain("no-store");
  expect(body).toMatchObject({ type: "about:blank", status, title: expect.any(String), error: expect.any(String) });
  expect(body.error).toContain(body.title);
  expect(body.request_id).toBe(headers.get("x-request-id"));
}

async function sendChatwoot(): Promise<string> {
  const { key, body } = sample("chatwoot", "message_created");
  const headers = sign("chatwoot", body, { id: key }) as [string, string][];
  const target = `${app.url}/api/webhooks/chatwoot`;
  expect((await fetch(target, { method: "POST", headers, body: new Uint8Array(body) })).status).toBe(200);
  return key;
}

describe("a wrong query names its field", () => {
  test.each([
    ["limit=0", "limit"],
    ["limit=501", "limit"],
    ["limit=ten", "limit"],
    ["limit=1.5", "limit"],
    ["limit=5&limit=6", "limit"],
    ["cursor=abc", "cursor"],
    ["cursor=1.2%27%3B--", "cursor"],
    [`cursor=${"9".repeat(18)}.1`, "cursor"],
    ["status=broken", "status"],
    ["status=dead,broken", "status"],
    ["from_ts=yesterday", "from_ts"],
    ["from_ts=2026-02-30T00:00:00Z", "from_ts"],
    ["to_ts=2026-01-31", "to_ts"],
    ["range=1y", "range"],
    [`org_id=${"x".repeat(256)}`, "org_id"],
    ["q=%00", "q"],
    ["event_type=a%00b", "event_type"],
    ["org_id=%00", "org_id"],
    ["company_id=%00", "company_id"],
    ["provider_slug=a%00", "provider_slug"],
    ["text=%00", "text"],
    ["attempts=0", "attempts"],
    ["attempts=1.5", "attempts"],
    ["attempts=many", "attempts"],
    ["trust=blind", "trust"],
    ["replayed=yes", "replayed"],
    ["destination=Agent%20SDK", "destination"],
    ["delivery_status=gone", "delivery_status"],
    ["http_status=600", "http_status"],
    ["http_status=50x", "http_status"],
    ["http_status=503,x", "http_status"],
    ["error_group=%27", "error_group"],
  ])("%s", async (query, field) => {
    expectProblem(await ask(`/api/webhooks/events?${query}`), { status: 400, field });
  });

  test.each(["from_ts=0000-01-01T00:00:00Z", "error_class=bogus"])("%s is refused, too", async (query) => {
    expect((await ask(`/api/webhooks/events?${query}`)).status).toBe(400);
  });

  test.each([
    ["nonsense=1", "nonsense"],
    ["provider_slug=nobody", "provider_slug"],
  ])("%s would show everything, or nothing", async (query, field) => {
    expectProblem(await ask(`/api/webhooks/events?${query}`), { status: 400, field });
  });

  test("range=1y of the analytics", async () => {
    expectProblem(await ask("/api/webhooks/analytics?range=1y"), { status: 400, field: "range" });
  });

  test("but an empty value and a filter without matches are no errors", async () => {
    for (const query of ["limit=", "status=", "q=%25", "q=%27%20or%201=1", "q=%ED%A0%80"]) {
      const { status, body } = await ask(`/api/webhooks/events?${query}`);
      expect({ status, events: body.events }, query).toEqual({ status: 200, events: [] });
    }
  });
});

describe("a wrong body is told so", () => {
  const replay = "/api/webhooks/replay/stripe/evt_none";

  test.each(["{", "nonsense", "[]", '"text"', "12", "null", '{"reason": }'])("when it is %s", async (body) => {
    expectProblem(await post(replay, body), { status: 400, field: "body" });
    expectProblem(await post("/api/webhooks/dlq", body), { status: 400, field: "body" });
  });

  test.each([
    ["a reason that is too short", { reason: "no" }, "reason"],
    ["a reason of spaces", { reason: "          " }, "reason"],
    ["a reason that is too long", { reason: "x".repeat(1001) }, "reason"],
    ["a reason that is no text", { reason: 12 }, "reason"],
    ["a reason that Postgres cannot hold", { reason: "because\u0000of this" }, "reason"],
    ["a reason with half a character", { reason: "because \ud83d of this" }, "reason"],
    ["a wait that is no yes or no", { wait: "yes" }, "wait"],
  ])("%s", async (_name, body, field) => {
    expectProblem(await post(replay, JSON.stringify(body)), { status: 400, field });
  });

  test("a dead-letter request that asks for nothing", async () => {
    expect((await post("/api/webhooks/dlq", "{}")).status).toBe(400);
    expect((await post("/api/webhooks/dlq", '{"retry_all": false}')).status).toBe(400);
    expect((await post("/api/webhooks/dlq", '{"webhook_id": "we_1", "reason": "x"}')).status).toBe(400);
  });
});

describe("what does not exist is answered 404", () => {
  test.each([
    "/api/webhooks/events/we_999999",
    "/api/webhooks/events/999999999999999",
    "/api/webhooks/events/abc",
    "/api/webhooks/events/-1",
    "/api/webhooks/events/we_1%00",
    "/api/webhooks/replays/wr_999999",
    "/api/webhooks/replays/abc",
  ])("GET %s", async (target) => {
    expectProblem(await ask(target), { status: 404 });
  });

  test.each([
    "/api/webhooks/replay/stripe/evt_none",
    "/api/webhooks/replay/nobody/evt_none",
    "/api/webhooks/replay/stripe/with/slashes",
    `/api/webhooks/replay/stripe/${"x".repeat(3000)}`,
    "/api/webhooks/replay/stripe/%27%3B%20drop%20table%20events",
    "/api/webhooks/replay/stripe/%25",
    "/api/webhooks/replay/stripe/%25zz",
  ])("POST %s", async (target) => {
    expectProblem(await post(target, undefined), { status: 404 });
  });

  test.each(["we_999999", "abc", "we_1; drop table events", -1])("the dead letter %s", async (id) => {
    expect((await post("/api/webhooks/dlq", JSON.stringify({ webhook_id: id }))).status).toBe(404);
  });
});

describe("the request id", () => {
  test("of the caller is used, and returned in header and body", async () => {
    const heard = await ask("/api/webhooks/events?limit=0", { headers: { "x-request-id": "incident-1771200000" } });
    expectProblem(heard, { status: 400, field: "limit" });
    expect(heard.body.request_id).toBe("incident-1771200000");
  });

  test("is made where the caller has none", async () => {
    const ids = await Promise.all([ask("/api/webhooks/events"), ask("/api/webhooks/events")]);
    const [first, second] = ids.map(({ headers }) => headers.get("x-request-id"));
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(first).not.toBe(second);
  });

  test.each(["two words", "x".repeat(129), "<script>", "a;b"])("%s is not repeated", async (given) => {
    const { headers } = await ask("/api/webhooks/events", { headers: { "x-request-id": given } });
    expect(headers.get("x-request-id")).not.toBe(given);
  });

  test("of a refused webhook is in its answer, too", async () => {
    const heard = await post("/api/webhooks/stripe", "{}", { "x-request-id": "hook-7" });
    expect(heard.status).toBe(400);
    expect(heard.headers.get("x-request-id")).toBe("hook-7");
    expect(heard.body).toMatchObject({ status: 400, request_id: "hook-7", error: expect.any(String) });
  });
});

describe("a replay that makes no sense", () => {
  test("of a key that no event can have is answered 400", async () => {
    expectProblem(await post("/api/webhooks/replay/stripe/a%00b", undefined), { status: 400 });
  });

  test("of an event that is being delivered is answered 409", async () => {
    app.sink.setMode("slow");
    const key = await sendChatwoot();
    await until("the forward is under way", () => app.sink.received.length > 0);
    expectProblem(await post(`/api/webhooks/replay/chatwoot/${key}`, undefined), { status: 409 });
    app.sink.setMode("ok");
  });

  test("of an event that no destination wants is answered 409", async () => {
    const { key, body } = sample("stripe", "charge.refunded");
    const headers = sign("stripe", body) as [string, string][];
    await fetch(`${app.url}/api/webhooks/stripe`, { method: "POST", headers, body: new Uint8Array(body) });
    expectProblem(await post(`/api/webhooks/replay/stripe/${key}`, undefined), { status: 409 });
  });
});

test("an API path that does not exist is 404, and a wrong method 405", async () => {
  for (const [target, method, status] of [
    ["/api/nothing", "GET", 404],
    ["/api/webhooks/events/we_1/more", "GET", 404],
    ["/api/webhooks/events", "DELETE", 405],
    ["/api/webhooks/analytics", "POST", 405],
  ] as const) {
    const response = await fetch(`${app.url}${target}`, { method, headers: { authorization: `Bearer ${token}` } });
    answers.push(await response.text());
    expect(response.status, `${method} ${target}`).toBe(status);
  }
});

test("no answer showed a stack, SQL, a path of ours or a secret [S47]", () => {
  expect(answers.length).toBeGreaterThan(60);
  for (const answer of answers) {
    expect(answer).not.toMatch(
      /\bat .+:\d+:\d+|node_modules|\/work\/|\/app\/api|select .+ from|syntax error|invalid input (syntax|value)|SQLSTATE|22P02|whsec_/i,
    );
  }
});
