import { at, idFrom } from "../shape";

/** Stripe writes a related object as its id, or as the whole object when the endpoint expands it. */
export function referenceTo(value: unknown): string | undefined {
  const id = typeof value === "object" ? at(value, "id") : value;
  return typeof id === "string" ? idFrom(id) : undefined;
}
