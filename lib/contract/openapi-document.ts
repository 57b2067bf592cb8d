/** Prints the registry as an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1.html). */
import { z } from "zod";
import { API, type Operation } from "./openapi";

/** The parts of JSON Schema (2020-12) that our schemas use. */
export interface JsonSchema {
  type?: string | string[];
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  format?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  additionalProperties?: boolean | JsonSchema;
  [keyword: string]: unknown;
}

const PROBLEM = { $ref: "#/components/responses/Problem" };
const IDEMPOTENCY_KEY = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "A repeated key from the same caller returns the replay it created before.",
  schema: { type: "string", maxLength: 255 },
};

const problemSchema = z.object({
  type: z.string(),
  title: z.string().describe("What happened."),
  status: z.int(),
  detail: z.string().optional().describe("What to do about it."),
  field: z.string().optional().describe("The field that is wrong."),
  error: z.string().describe("Title and detail, under the name the runbooks use."),
  request_id: z.string().describe("Quote it to an engineer."),
});

export function openApiDocument(): Record<string, unknown> {
  const operations = API.flatMap(({ title, operations }) => operations.map((operation) => ({ title, operation })));
  const described: Record<string, Record<string, unknown>> = {};
  for (const { title, operation } of operations) {
    const path = `/api${operation.path}`;
    described[path] = { ...described[path], [operation.method]: describe(operation, title) };
  }
  const { paths, schemas } = gatherDefinitions(described);
  return {
    openapi: "3.1.1",
    info: { title: "Redrive", version: "1", description: "The webhook recovery desk." },
    servers: [{ url: "/" }],
    tags: API.map(({ title, about }) => ({ name: title, description: about })),
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "Created in Settings, or by `npm run token`." },
        session: { type: "apiKey", in: "cookie", name: "redrive.session", description: "The console's own session." },
      },
      responses: {
        Problem: {
          description: "An error (RFC 9457).",
          content: { "application/problem+json": { schema: schemaOf(problemSchema, "output") } },
        },
      },
    },
  };
}

/** Made once: anyone may open the reference, which is rendered for each request. */
const made = { input: new WeakMap<z.ZodType, JsonSchema>(), output: new WeakMap<z.ZodType, JsonSchema>() };

/**
 * A Zod schema as JSON Schema: `input` is what callers may send, `output` what they get. Schemas with an id are in $defs.
 */
export function schemaOf(schema: z.ZodType, io: "input" | "output"): JsonSchema {
  const known = made[io].get(schema) ?? makeSchema(schema, io);
  made[io].set(schema, known);
  return known;
}

function makeSchema(schema: z.ZodType, io: "input" | "output"): JsonSchema {
  const {
    $schema: _,
    id: __,
    ...json
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override: ({ jsonSchema }) => shorten(jsonSchema, io),
  });
  return json as JsonSchema;
}

/** Removes what Zod adds: the pattern of a known format, and the largest exact integer. Answers may gain fields. */
function shorten(schema: z.core.JSONSchema.BaseSchema, io: "input" | "output"): void {
  if (schema.format) delete schema.pattern;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (io === "output" && schema.additionalProperties === false) delete schema.additionalProperties;
}

/** Moves each schema with an id to components, once: OpenAPI has no $defs. */
function gatherDefinitions(paths: unknown): { paths: unknown; schemas: Record<string, JsonSchema> } {
  const schemas: Record<string, JsonSchema> = {};
  const moved = JSON.stringify(paths, (_, value) => {
    if (value === null || typeof value !== "object" || !("$defs" in value)) return value;
    const { $defs, ...rest } = value;
    Object.assign(schemas, $defs);
    return rest;
  });
  const inComponents = (json: string) => JSON.parse(json.replaceAll("#/$defs/", "#/components/schemas/"));
  const named = Object.fromEntries(Object.entries(schemas).map(([name, { id: _, ...schema }]) => [name, schema]));
  return { paths: inComponents(moved), schemas: inComponents(JSON.stringify(named)) };
}

function describe(operation: Operation, tag: string): Record<string, unknown> {
  const { method, path, permission, summary, notes, body } = operation;
  const needs = permission === "public" ? "Needs no sign-in." : `Needs the permission ${permission}.`;
  return {
    tags: [tag],
    operationId: `${method}${path.replace(/[^a-zA-Z]+(\w)/g, (_, letter) => letter.toUpperCase()).replace(/\W/g, "")}`,
    summary,
    description: [needs, notes].filter(Boolean).join(" "),
    ...(permission === "public" && { security: [] }),
    parameters: parametersOf(operation),
    ...(body && {
      requestBody: { required: true, content: { "application/json": { schema: schemaOf(body, "input") } } },
    }),
    responses: responsesOf(operation),
  };
}

function parametersOf({ path, query, idempotent }: Operation): unknown[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    ...{ name, in: "path", required: true },
    schema: { type: "string" },
  }));
  const { properties = {}, required = [] } = query ? schemaOf(query, "input") : {};
  const inQuery = Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: "query", required: required.includes(name) },
    // A list is sent as comma-separated values.
    ...(schema.type === "array" && { style: "form", explode: false }),
    schema,
  }));
  return [...inPath, ...inQuery, ...(idempotent ? [IDEMPOTENCY_KEY] : [])];
}

function responsesOf({ answer, permission, statuses = [200] }: Operation): Record<string, unknown> {
  const content =
    answer instanceof z.ZodType
      ? { "application/json": { schema: schemaOf(answer, "output") } }
      : Object.fromEntries(answer.map((mediaType) => [mediaType, {}]));
  const successes = statuses.map((status) => [String(status), { description: MEANING[status], content }]);
  const refusals = permission === "public" ? [] : ["400", "401", "403", "404", "422", "429", "503"];
  return Object.fromEntries([...successes, ...refusals.map((status) => [status, PROBLEM])]);
}

const MEANING: Readonly<Record<number, string>> = {
  200: "Done.",
  201: "Created.",
  202: "Accepted: it runs.",
  204: "Done. The answer has no body.",
};
