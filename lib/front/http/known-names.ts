/**
 * Rejects query parameters and body fields that an operation does not list. A misspelt filter that is ignored widens what is
 * read or replayed, and its answer looks right. Runs for every route of the registry (lib/contract/openapi.ts).
 */
import type { Operation } from "@/lib/contract/openapi";
import { schemaOf } from "@/lib/contract/openapi-document";
import { operationOf } from "@/lib/contract/operation-of";
import { findUnknownField, nearestName } from "@/lib/contract/unknown-fields";
import { Problem } from "./problem";

const NAMED_IN_ANSWER = 10;
const LONGEST_NAME = 60;

/** The operation of a request; undefined for what the registry does not list, such as providers' endpoints. */
export function operationOfRequest(request: Request): Operation | undefined {
  return operationOf(request.method, new URL(request.url).pathname);
}

/** Throws a 400 `Problem` that names the parameters an operation does not have, and lists those it has. */
export function refuseUnknownParameters(operation: Operation, params: URLSearchParams): void {
  const known = Object.keys(operation.query?.shape ?? {});
  const unknown = [...new Set(params.keys())].filter((name) => !known.includes(name));
  if (unknown.length > 0) throw problemOf("parameter", unknown, known);
}

/** The same for the fields of a body, at any depth. A schema that lists no fields, and an operation without one, takes none. */
export function refuseUnknownFields(operation: Operation, body: unknown): void {
  const schema = operation.body ? schemaOf(operation.body, "input") : { type: "object", properties: {} };
  const unknown = findUnknownField(schema, body);
  if (unknown) throw problemOf("field", [unknown.field], unknown.known);
}

/** The longest list that a field of a body may have: {event_ids: 1000}. */
export function longestLists(operation: Operation): [string, number][] {
  const { properties = {} } = operation.body ? schemaOf(operation.body, "input") : {};
  return Object.entries(properties).flatMap(([name, { maxItems }]) =>
    typeof maxItems === "number" ? [[name, maxItems] as [string, number]] : [],
  );
}

function problemOf(kind: "parameter" | "field", unknown: string[], known: string[]): Problem {
  const names = unknown.slice(0, NAMED_IN_ANSWER).map(shown);
  const [one = ""] = unknown;
  const meant = nearestName(one.split(".").at(-1) ?? one, known);
  return new Problem({
    status: 400,
    title: `The ${kind}${names.length > 1 ? "s" : ""} ${names.join(", ")} ${names.length > 1 ? "are" : "is"} not known here.`,
    detail: [
      meant && `Did you mean ${meant} instead of ${shown(one)}?`,
      known.length > 0 ? `Known are: ${known.join(", ")}.` : `This operation has no ${kind}s.`,
    ]
      .filter(Boolean)
      .join(" "),
    field: shown(one),
  });
}

const shown = (name: string) => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name);
