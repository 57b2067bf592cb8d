/** What a caller misspells is reported by name, on every documented operation of the API. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { API, type Operation } from "@/lib/contract/openapi";
import { type JsonSchema, schemaOf } from "@/lib/contract/openapi-document";
import { operationOf } from "@/lib/contract/operation-of";
import type { Ask } from "../support/api";
import { openApi } from "../support/api-desk";
import { type Desk, openDesk } from "../support/desk";

let desk: Desk;
let ask: Ask;
beforeAll(async () => {
  desk = await openDesk();
  ask = await openApi();
});
afterAll(() => desk.close());

const operations = API.flatMap((chapter) => chapter.operations);
/** Health answers monitors, which add parameters of their own, and the document is a file. */
const FILES = ["/webhooks/health", "/health/live", "/health/ready", "/openapi.json"];
const checked = operations.filter(({ path }) => !FILES.includes(path));
const addressOf = ({ path }: Operation) =>
  `/api${path
    .replace("{provider_slug}", "stripe")
    .replace("{event_key}", "a/b:c")
    .replace(/\{\w+\}/g, "1")}`;
const named = ({ method, path }: Operation) => `${method.toUpperCase()} ${path}`;

describe("A misspelt name is a 400 that names it, and lists what is known", () => {
  test.each(checked.map((operation) => [named(operation), operation] as const))("parameters of %s", async (_, one) => {
    const { status, body } = await ask(one.method.toUpperCase(), `${addressOf(one)}?nosuch=1&limitt=2`, undefined);
    expect({ status, field: body.field }).toEqual({ status: 400, field: "nosuch" });
    expect(body.title).toContain("nosuch, limitt");
    for (const name of Object.keys(one.query?.shape ?? {})) expect(body.detail).toContain(name);
  });

  const writing = checked.filter(({ method }) => method !== "get");
  test.each(writing.map((operation) => [named(operation), operation] as const))("fields of %s", async (_, one) => {
    const { status, body } = await ask(one.method.toUpperCase(), addressOf(one), { nosuch: 1 });
    expect({ status, field: body.field }).toEqual({ status: 400, field: "nosuch" });
    for (const name of fieldsOf(one)) expect(body.detail).toContain(name);
  });
});

test("The document finds each operation again by its method and address", () => {
  for (const operation of operations) {
    const method = operation.method.toUpperCase();
    expect(operationOf(method, addressOf(operation))).toBe(operation);
    expect(operationOf(method, addressOf(operation).replace("/api", ""))).toBe(operation);
  }
  expect(operationOf("HEAD", "/api/webhooks/events")?.path).toBe("/webhooks/events");
  expect(operationOf("POST", "/api/webhooks/mitto/a-token")).toBeUndefined();
});

test("?provider=stripe instead of provider_slug is no list of everything", async () => {
  const { status, body } = await ask("GET", "/api/webhooks/events?provider=stripe");
  expect(status).toBe(400);
  expect(body).toMatchObject({
    field: "provider",
    detail: expect.stringMatching(/^Did you mean provider_slug instead of provider\? Known/),
  });
  expect((await ask("GET", "/api/webhooks/events?provider_slug=stripe")).status).toBe(200);
  expect((await ask("GET", "/admin/webhooks/events?provider=stripe")).status).toBe(200);
});

test("A misspelt field is named with its path, however deep it is", async () => {
  const criteria = { merchantId: "m", statuss: "failed" };
  const deep = await ask("POST", "/admin/webhooks/bulk-replay", { criteria, reason: "an incident" });
  expect(deep).toMatchObject({ status: 400, body: { field: "criteria.statuss" } });
  expect(deep.body.detail).toContain("Did you mean status instead of criteria.statuss?");
  const option = await ask("POST", "/api/webhooks/replay-bulk", {
    provider_slug: "stripe",
    event_keys: ["evt_1"],
    options: { maxRetrys: 3 },
  });
  expect(option).toMatchObject({ status: 400, body: { field: "options.maxRetrys" } });
  const filter = await ask("POST", "/api/webhooks/replays", {
    selection: { filter: { provider: "stripe" } },
    reason: "an incident",
  });
  expect(filter).toMatchObject({ status: 400, body: { field: "selection.filter.provider" } });
  const listed = [{ eventType: "a.b", merchantId: "m", data: {}, idempotencyKey: "k", eventTyp: "c" }];
  const published = await ask("POST", "/api/events", listed);
  expect(published).toMatchObject({ status: 400, body: { field: "[0].eventTyp" } });
});

test("An operation without a body does not run a request that asks for something", async () => {
  const { status, body } = await ask("POST", "/api/webhooks/replays/wr_1/start", { dry_run: true });
  expect([status, body.field]).toEqual([400, "dry_run"]);
  expect((await ask("POST", "/api/webhooks/replays/wr_1/start", {})).status).toBe(404);
});

test("A saved view with a misspelt filter is not a view of everything", async () => {
  const { status, body } = await ask("POST", "/api/event-views", { name: "Mine", query: "provider=stripe" });
  expect([status, body.field]).toEqual([400, "query"]);
  expect(body.detail).toContain("it has no provider");
});

function fieldsOf({ body }: Operation): string[] {
  return body ? namesIn(schemaOf(body, "input")) : [];
}

function namesIn({ properties, anyOf = [] }: JsonSchema): string[] {
  return [...Object.keys(properties ?? {}), ...anyOf.flatMap((one) => (one.type === "array" ? [] : namesIn(one)))];
}
