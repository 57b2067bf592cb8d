/**
 * Facts about the current request, for code at any depth: who the caller is, and whether they are still connected. server.ts
 * begins the scope for pages, `handle` for API routes.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { processSingleton } from "./process-singleton";

interface Scope {
  /** Aborted when the caller has gone away. */
  signal?: AbortSignal;
  /** The caller, once `authorise` knows them. */
  who?: string;
}

const scopes = processSingleton("request-scope", () => new AsyncLocalStorage<Scope>());

/** Runs the work of one request. Within another scope it extends that one. */
export function inRequest<Result>(signal: AbortSignal | undefined, work: () => Result): Result {
  const outer = scopes.getStore();
  return scopes.run({ ...outer, signal: outer?.signal ?? signal }, work);
}

/** Sets the caller: a person or a token. */
export function noteCaller(who: string): void {
  const scope = scopes.getStore();
  if (scope) scope.who = who;
}

/** The current scope; empty outside of a request. */
export function requestScope(): Readonly<Scope> {
  return scopes.getStore() ?? {};
}
