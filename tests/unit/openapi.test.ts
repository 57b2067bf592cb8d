import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { PERMISSIONS } from "@/lib/auth/permissions";
import { ERROR_CLASS } from "@/lib/contract/error-classes";
import { classesOf, FAILURE_LABELS, knownLabel } from "@/lib/contract/failure-labels";
import { API } from "@/lib/contract/openapi";
import { openApiDocument } from "@/lib/contract/openapi-document";

const ROUTES = path.join(import.meta.dirname, "../../app/api");
/** Not for callers of the API: sign-in, the cron job, and the endpoints that providers post to. */
const OTHERS = [
  "auth/[...nextauth]",
  "internal/worker",
  "stripe/webhook",
  "telnyx/webhook",
  "webhooks/[provider]",
  "webhooks/[provider]/[token]",
];

const operations = API.flatMap((chapter) => chapter.operations);
/** `GET webhooks/events/[]`, whatever the parameters are called. */
const named = (method: string, route: string) =>
  `${method.toUpperCase()} ${route.replace(/\[[^\]]+\]|\{[^}]+\}/g, "[]").replace(/^\//, "")}`;

const routes = readdirSync(ROUTES, { recursive: true, encoding: "utf8" })
  .filter((file) => path.basename(file) === "route.ts" && !OTHERS.includes(path.dirname(file)))
  .flatMap((file) => {
    const source = readFileSync(path.join(ROUTES, file), "utf8");
    return [
      ...source.matchAll(
        /^export (?:const|async function|function) (GET|POST|PUT|PATCH|DELETE)\b(?: = handle\("(\w+)")?/gm,
      ),
    ].map(({ 1: method = "", 2: permission = "public", index }) => ({
      name: named(method, path.dirname(file)),
      permission,
      // This method's own code, when the file has several.
      source: source.slice(index).split(/\n(?=export )/, 1)[0] ?? "",
    }));
  });

test("every route is in the registry, and everything in the registry is a route", () => {
  const registered = operations.map(({ method, path: route }) => named(method, route));
  expect(registered.toSorted()).toEqual(routes.map(({ name }) => name).toSorted());
  expect(new Set(registered).size).toBe(registered.length);
});

test("the registry says what each route asks for", () => {
  const asked = Object.fromEntries(routes.map(({ name, permission }) => [name, permission]));
  for (const { method, path: route, permission } of operations) {
    expect([route, permission]).toEqual([route, asked[named(method, route)]]);
    if (permission !== "public") expect(Object.keys(PERMISSIONS)).toContain(permission);
  }
});

test("a route that reads a body or a query has its schema in the registry", () => {
  for (const { name, source } of routes) {
    const operation = operations.find(({ method, path: route }) => named(method, route) === name);
    if (/^(POST|PUT|PATCH)/.test(name))
      expect([name, /readJson|readReplayRequest/.test(source)]).toEqual([name, Boolean(operation?.body)]);
    else expect([name, source.includes("readQuery")]).toEqual([name, Boolean(operation?.query)]);
  }
});

test("the document is OpenAPI 3.1 in which every reference leads somewhere", () => {
  const document = openApiDocument();
  const text = JSON.stringify(document);
  expect(document.openapi).toBe("3.1.1");
  const { schemas, responses } = document.components as Record<string, Record<string, unknown>>;
  const known = [...Object.keys(schemas ?? {}), ...Object.keys(responses ?? {})];
  const references = [...text.matchAll(/"\$ref":"#\/components\/\w+\/(\w+)"/g)].map(([, name]) => name);
  expect(references.length).toBeGreaterThan(50);
  expect(known).toEqual(expect.arrayContaining([...new Set(references)]));
  expect(text).not.toContain("$defs");
  const ids = [...text.matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id);
  expect(ids).toHaveLength(operations.length);
  expect(new Set(ids).size).toBe(ids.length);
});

test("what `failures` says, `onlySpecificFailures` takes: each word means at least its own class", () => {
  for (const [errorClass, { runbookLabel: label }] of Object.entries(ERROR_CLASS)) {
    expect(classesOf([label])).toContain(errorClass);
    expect(knownLabel(label.toUpperCase())).toBe(label);
    expect(knownLabel(errorClass)).toBe(label);
  }
  expect(new Set(FAILURE_LABELS).size).toBe(FAILURE_LABELS.length);
  expect(classesOf(["HTTP 4xx"])).toEqual(["http_4xx", "http_401", "http_422", "http_429"]);
});
