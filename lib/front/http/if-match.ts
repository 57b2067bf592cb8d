import { Problem } from "./problem";

/** The `updated_at` that a caller saw, from its If-Match header; null when there is none. Throws a 400 `Problem`. */
export function seenIn(request: Request): string | null {
  const given = request.headers.get("if-match");
  if (given === null || given === "*") return null;
  const seen = /^"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)"$/.exec(given)?.[1];
  if (seen) return seen;
  throw new Problem({
    status: 400,
    title: "The If-Match header is not a valid ETag.",
    detail: "Send the ETag of the destination as it was answered, or leave it out.",
    field: "If-Match",
  });
}
