/**
 * What is known of the request that is being answered, wherever its code is: who asks, and whether they are still there.
 * server.ts begins it for pages, `handle` for API routes.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { processSingleton } from "./process-singleton";

interface Scope {
  /** Aborted when the caller has gone away. */
  signal?: AbortSignal;
  /** Who asks, once `authorise` knows. */
  who?: string;
}

const scopes = processSingleton("request-scope", () => new AsyncLocalStorage<Scope>());

/** Runs the work of one request. Within another scope it adds to that one. */
export function inRequest<Result>(signal: AbortSignal | undefined, work: () => Result): Result {
  const outer = scopes.getStore();
  return scopes.run({ ...outer, signal: outer?.signal ?? signal }, work);
}

/** Notes who asks: a person or a token. */
export function noteCaller(who: string): void {
  const scope = scopes.getStore();
  if (scope) scope.who = who;
}

/** What is known here; nothing outside of a request. */
export function requestScope(): Readonly<Scope> {
  return scopes.getStore() ?? {};
}
