/**
 * supabase-js over plain Postgres connections: a `fetch` that answers `POST /rest/v1/rpc/<function>` with one parameterised
 * statement, and with PostgREST's errors (`code`, `message`, `details`, `hint`).
 */
import postgres from "postgres";
import type { Pool } from "./pool";

/** A statement per SQL function, built once from the catalogue: `json arguments in, jsonb result out`. */
export type Statements = Map<string, Promise<string>>;

/** How long the database may work on a statement, in milliseconds. Supabase ignores it. */
export const DEADLINE_HEADER = "x-redrive-deadline";

/** The catalogue answers quickly or not at all. */
const CATALOGUE_MS = 3_000;

/**
 * A `fetch` for `createClient({global: {fetch}})`. Any request but an rpc call is refused. `longestMs` is how long the
 * database may work on a statement without a deadline of its own. An aborted statement is cancelled in the database.
 */
export function directFetch(pool: Pool, statements: Statements, longestMs: number): typeof fetch {
  return async (input, init) => {
    const path = new URL(input instanceof Request ? input.url : input).pathname;
    const name = /^\/rest\/v1\/rpc\/(\w+)$/.exec(path)?.[1];
    if (!name) return answer(404, { code: "PGRST100", message: `Only rpc calls are answered here, not ${path}.` });
    const deadlineMs = Number(new Headers(init?.headers).get(DEADLINE_HEADER)) || longestMs;
    const signal = init?.signal ?? AbortSignal.timeout(deadlineMs);
    const body = String(init?.body ?? "{}");
    try {
      const text = await statementFor(pool, statements, name, namesIn(body));
      const result = await pool.run({ text, parameters: [body], deadlineMs, signal });
      return new Response(result ?? "null", { headers: { "content-type": "application/json" } });
    } catch (error) {
      if (signal.aborted) throw new DOMException("The database did not answer in time.", "AbortError");
      if (error instanceof postgres.PostgresError) return answer(400, describe(error));
      // PostgREST's own code for a database it cannot reach.
      return answer(503, { code: "PGRST000", message: `The database does not answer: ${(error as Error).message}` });
    }
  };
}

function statementFor(pool: Pool, statements: Statements, name: string, args: string[]): Promise<string> {
  const key = `${name}(${args.join()})`;
  const known = statements.get(key) ?? buildStatement(pool, name, args);
  statements.set(key, known);
  // A statement that could not be built, e.g. because the database was down, is built again by the next call.
  known.catch(() => statements.delete(key));
  return known;
}

/** The top-level names of a JSON object as `JSON.stringify` writes it. Parsing it would copy the megabytes of a webhook. */
function namesIn(json: string): string[] {
  const names: string[] = [];
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth -= 1;
    else if (character === '"') {
      const start = at;
      at = endOfString(json, start);
      if (depth === 1 && json[at + 1] === ":") names.push(JSON.parse(json.slice(start, at + 1)));
    }
  }
  return names;
}

/** The closing quote: the first one with an even number of backslashes before it. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end > 0; end = json.indexOf('"', end + 1)) {
    let slashes = 0;
    while (json[end - 1 - slashes] === "\\") slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  throw new SyntaxError("The arguments are not JSON.");
}

const DECLARED = `
  select json_build_object(
    'names', p.proargnames, 'is_void', p.prorettype = 'void'::regtype,
    'types', array(select format_type(t, null) from unnest(p.proargtypes) with ordinality as a(t, n) order by n)
  )::text as result
  from pg_proc p
  where p.pronamespace = 'public'::regnamespace and p.proname = $1`;

interface Declared {
  names: string[] | null;
  types: string[];
  is_void: boolean;
}

async function buildStatement(pool: Pool, name: string, args: string[]): Promise<string> {
  // Not the caller's signal: other callers wait for the same statement.
  const signal = AbortSignal.timeout(CATALOGUE_MS);
  const found = await pool.run({ text: DECLARED, parameters: [name], deadlineMs: CATALOGUE_MS, signal });
  const declared = found === null ? undefined : (JSON.parse(found) as Declared);
  const unknown = args.find((arg) => !declared?.names?.includes(arg));
  if (!declared || unknown) {
    throw missingFunction(`Could not find the function public.${name}(${args.join(", ")}) in the schema cache`);
  }
  const columns = args.map((arg) => `${arg} ${declared.types[declared.names?.indexOf(arg) ?? -1]}`);
  const call = `public.${name}(${args.map((arg) => `${arg} => a.${arg}`).join(", ")})`;
  const source =
    args.length > 0
      ? `from jsonb_to_record($1::text::jsonb) as a(${columns.join(", ")})`
      : "where $1::text is not null";
  return declared.is_void
    ? `select null::text as result from (select ${call} ${source}) x`
    : `select to_jsonb(${call})::text as result ${source}`;
}

function missingFunction(message: string): postgres.PostgresError {
  return Object.assign(Object.create(postgres.PostgresError.prototype), { code: "PGRST202", message });
}

function describe(error: postgres.PostgresError) {
  return { code: error.code, message: error.message, details: error.detail ?? null, hint: error.hint ?? null };
}

function answer(status: number, body: Record<string, unknown>): Response {
  return Response.json({ details: null, hint: null, ...body }, { status });
}
