/** Which documented operation a request is for. */
import { API, type Operation } from "./openapi";

interface Known {
  operation: Operation;
  pattern: RegExp;
}

/** The operation of a method and a path, with or without /api before it. Undefined for what the registry does not list. */
export function operationOf(method: string, pathname: string): Operation | undefined {
  const path = decoded(pathname).replace(/^\/api(?=\/)/, "");
  const name = method === "HEAD" ? "get" : method.toLowerCase();
  return known().find(({ operation, pattern }) => operation.method === name && pattern.test(path))?.operation;
}

let made: Known[] | undefined;

/** Paths without parameters come first: /webhooks/events/types is no event. */
function known(): Known[] {
  made ??= API.flatMap((chapter) => chapter.operations)
    .map((operation) => ({ operation, pattern: patternOf(operation.path) }))
    .toSorted((a, b) => parametersIn(a) - parametersIn(b));
  return made;
}

/** An event key may have slashes; no other parameter has. */
function patternOf(path: string): RegExp {
  const pattern = path
    .replace(/[.]/g, "\\.")
    .replace("{event_key}", ".+")
    .replace(/\{\w+\}/g, "[^/]+");
  return new RegExp(`^${pattern}/?$`, "s");
}

function parametersIn({ operation }: Known): number {
  return operation.path.split("{").length;
}

function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}
