import { Problem } from "./problem";

/** The Idempotency-Key of a request, undefined when it has none. Throws a 400 `Problem` for an invalid one. */
export function idempotencyKeyOf(request: Request): string | undefined {
  const key = request.headers.get("idempotency-key") ?? undefined;
  // Two headers arrive as one, with a comma and a space between them.
  if (key === undefined || (/^[\x20-\x7e]{1,255}$/.test(key) && !key.includes(", "))) return key;
  throw new Problem({
    status: 400,
    title: "The Idempotency-Key is not valid.",
    detail: "Send it once, with up to 255 plain characters, such as a UUID.",
    field: "Idempotency-Key",
  });
}
