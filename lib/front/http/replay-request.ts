/** Reads the requests that start replays. What such a request says in its query counts as if it were in its body. */
import { Problem } from "./problem";
import { readJson } from "./read-body";

/** Which organisation and source are meant: the runbooks add them to the address, too. */
const IN_QUERY = ["organisation_id", "org_id", "source_id"];

/**
 * The body with those of the query. A parameter that would be ignored is refused, because the replay would be wider than the
 * caller asked for; the schema of the route refuses those that it does not know. An empty one means "without", null in JSON.
 */
export async function readReplayRequest(request: Request): Promise<Record<string, unknown>> {
  const body = await readJson(request);
  const { searchParams } = new URL(request.url);
  const unknown = [...searchParams.keys()].find((name) => !IN_QUERY.includes(name));
  if (unknown !== undefined) {
    throw new Problem({
      status: 400,
      title: `There is no parameter "${unknown.slice(0, 40)}" here.`,
      detail: `Send it in the body. The query may have ${IN_QUERY.join(", ")}.`,
      field: unknown.slice(0, 40),
    });
  }
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
