/** The adapter every API route shares: who asks, what for, and errors as problem+json with the request id. */
import { z } from "zod";
import { authorise } from "@/lib/auth/authorise";
import type { Actor, Permission } from "@/lib/auth/permissions";
import { DatabaseBusy, DatabaseError, DatabaseUnavailable } from "@/lib/db/client";
import { Problem, type ProblemInit, problemBody } from "@/lib/errors";
import { problemOfTarget } from "@/lib/front/target";
import { log, logError } from "@/lib/log";
import { requestIdOf } from "@/lib/pipeline/accept";
import { describeBusy } from "@/lib/queries/search-timeout";
import { inRequest } from "@/lib/request-scope";
import { allowBody, refuseUnstorable } from "./read-body";

export { readJson } from "./read-body";

export interface ApiContext {
  request: Request;
  actor: Actor;
  requestId: string;
  params: Record<string, string | string[] | undefined>;
}

type Params = { params: Promise<Record<string, string | string[] | undefined>> };

/**
 * A route that asks for a permission and answers what `answer` returns as JSON, or its Response as it is. Problems,
 * wrong input (the field is named) and an absent database become the matching problem answer; anything else is a bug: 500.
 */
export function handle(permission: Permission, answer: (context: ApiContext) => Promise<unknown>) {
  return handleOpen(async (context) => {
    const actor = await authorise(context.request, permission);
    // Not before: nothing of a stranger's body is read, and little of what needs no caller.
    allowBody(context.request);
    refuseUnstorable(new URL(context.request.url).searchParams);
    return answer({ ...context, actor });
  });
}

/** The same for a route that nobody has to sign in for: what is in its request must be proof enough. */
export function handleOpen(answer: (context: Omit<ApiContext, "actor">) => Promise<unknown>) {
  return async (request: Request, { params }: Params): Promise<Response> => {
    const requestId = requestIdOf({ headers: [...request.headers] });
    const answering = async () => {
      const { pathname, search } = new URL(request.url);
      const problem = problemOfTarget(pathname + search);
      if (problem) throw new Problem(problem);
      const result = await answer({ request, requestId, params: await params });
      return result instanceof Response ? result : Response.json(result);
    };
    const response = await inRequest(request.signal, () => run(answering, requestId));
    response.headers.set("x-request-id", requestId);
    // A stream has said its own: nothing on the way may collect it before passing it on.
    if (!response.headers.has("cache-control")) response.headers.set("cache-control", "private, no-store");
    const path = new URL(request.url).pathname;
    log("request", { request_id: requestId, method: request.method, path, status: response.status });
    return response;
  };
}

async function run(answer: () => Promise<Response>, requestId: string): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    const problem = describe(error);
    if (problem.status >= 500 || error instanceof DatabaseError) {
      logError("request_failed", error, { request_id: requestId });
    }
    return problemAnswer(problem, requestId);
  }
}

/** A refusal as an answer of its own, for what never reached a route. */
export function problemResponse(problem: ProblemInit, request: Request): Response {
  return problemAnswer(problem, requestIdOf({ headers: [...request.headers] }));
}

function problemAnswer(problem: ProblemInit, requestId: string): Response {
  return Response.json(problemBody(problem, requestId), {
    status: problem.status,
    headers: {
      "content-type": "application/problem+json",
      "x-request-id": requestId,
      "cache-control": "private, no-store",
      ...problem.headers,
    },
  });
}

function describe(error: unknown): ProblemInit {
  if (error instanceof Problem) return error.init;
  if (error instanceof z.ZodError) {
    const issue = error.issues[0];
    const field = issue?.path.filter((step) => typeof step === "string").join(".") || "body";
    return { status: 400, title: `The value of ${field} is not valid.`, detail: issue?.message, field };
  }
  if (error instanceof DatabaseBusy) return describeBusy(error);
  if (error instanceof DatabaseUnavailable) {
    return {
      status: 503,
      title: "The database does not respond.",
      detail: "Try again in a moment.",
      headers: { "retry-after": "5" },
    };
  }
  // SQLSTATE class 22: a value of the caller's that passed our checks and means nothing to Postgres, such as the year 0.
  if (error instanceof DatabaseError && error.code.startsWith("22")) {
    return {
      status: 400,
      title: "A value in this request is not valid.",
      detail: "Check its times, numbers and names.",
    };
  }
  return { status: 500, title: "Redrive failed on this request.", detail: "Quote the request id to an engineer." };
}
