/** Reads the requests that start replays. */
import { Problem } from "./problem";
import { readJson } from "./read-body";

/**
 * The body with what the query says, which counts as if it were in the body: see `contextInQuery`. An empty value means
 * "without", null in JSON. Throws a `Problem` when the two differ.
 */
export async function readReplayRequest(request: Request): Promise<Record<string, unknown>> {
  const body = await readJson(request);
  const { searchParams } = new URL(request.url);
  for (const name of new Set(searchParams.keys())) {
    const values = [...new Set(searchParams.getAll(name).map((value) => value || null))];
    const written = body[name] === undefined ? values[0] : body[name];
    if (values.length > 1 || values[0] !== written) {
      throw new Problem({
        status: 400,
        title: `${name} has two values.`,
        detail: "Send it once, in the query or in the body.",
        field: name,
      });
    }
    body[name] = written;
  }
  return body;
}
