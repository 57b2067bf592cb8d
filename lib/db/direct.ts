/**
 * supabase-js over a plain Postgres connection: a `fetch` that answers `POST /rest/v1/rpc/<function>` with one
 * parameterised statement, and with PostgREST's errors (`code`, `message`, `details`, `hint`).
 */
import postgres from "postgres";

/** A statement per SQL function, built once from the catalogue: `json arguments in, jsonb result out`. */
type Statements = Map<string, Promise<string>>;

/** A `fetch` for `createClient({global: {fetch}})`. Anything but an rpc call is refused. */
export function directFetch(sql: postgres.Sql): typeof fetch {
  const statements: Statements = new Map();

  return async (input, init) => {
    const path = new URL(input instanceof Request ? input.url : input).pathname;
    const name = /^\/rest\/v1\/rpc\/(\w+)$/.exec(path)?.[1];
    if (!name) return answer(404, { code: "PGRST100", message: `Only rpc calls are answered here, not ${path}.` });
    try {
      return await abortable(callFunction(sql, statements, name, String(init?.body ?? "{}")), init?.signal);
    } catch (error) {
      if (error instanceof postgres.PostgresError) return answer(400, describe(error));
      if (error instanceof DOMException) throw error;
      // PostgREST's own code for a database it cannot reach.
      return answer(503, { code: "PGRST000", message: `The database does not answer: ${(error as Error).message}` });
    }
  };
}

async function callFunction(sql: postgres.Sql, statements: Statements, name: string, body: string): Promise<Response> {
  const args = namesIn(body);
  const key = `${name}(${args.join()})`;
  const known = statements.get(key) ?? buildStatement(sql, name, args);
  statements.set(key, known);
  // A statement that could not be built, say because the database was away, is tried again by the next call.
  known.catch(() => statements.delete(key));
  const [row] = await sql.unsafe<{ result: string | null }[]>(await known, [body], { prepare: sql.options.prepare });
  return new Response(row?.result ?? "null", { headers: { "content-type": "application/json" } });
}

/** The top-level names of a JSON object as `JSON.stringify` writes it. Parsing all of it would copy the megabytes of a webhook. */
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

/** The closing quote: the first that an even number of backslashes stands before. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end > 0; end = json.indexOf('"', end + 1)) {
    let slashes = 0;
    while (json[end - 1 - slashes] === "\\") slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  throw new SyntaxError("The arguments are not JSON.");
}

async function buildStatement(sql: postgres.Sql, name: string, args: string[]): Promise<string> {
  const [declared] = await sql<{ names: string[] | null; types: string[]; is_void: boolean }[]>`
    select p.proargnames as names, p.prorettype = 'void'::regtype as is_void,
      array(select format_type(t, null) from unnest(p.proargtypes) with ordinality as a(t, n) order by n) as types
    from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname = ${name}`;
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

/** The statement goes on in the database; its caller stops waiting. A frozen Postgres hangs a client for ever otherwise. */
function abortable<Result>(work: Promise<Result>, signal: AbortSignal | null | undefined): Promise<Result> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(new DOMException("The database did not answer in time.", "AbortError"));
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
