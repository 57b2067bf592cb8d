/** The adapter every API route shares: who asks, what for, and errors as problem+json with the request id. */
import { authorise } from "@/lib/auth/authorise";
import type { Permission } from "@/lib/auth/permissions";
import type { ActorAtOrigin } from "@/lib/commands/actor";
import { DatabaseError } from "@/lib/db/client";
import { type ProblemInit, problemBody } from "@/lib/errors";
import { operationOfRequest, refuseUnknownParameters } from "@/lib/front/http/known-names";
import { Problem } from "@/lib/front/http/problem";
import { publicOrigin } from "@/lib/front/http/public-origin";
import { allowBody, refuseUnstorable, requireNoFields } from "@/lib/front/http/read-body";
import { problemOfTarget } from "@/lib/front/target";
import { log, logError } from "@/lib/log";
import { requestIdOf } from "@/lib/pipeline/accept";
import { inRequest } from "@/lib/request-scope";
import { describe } from "./problems";

export { readJson } from "@/lib/front/http/read-body";

export interface ApiContext extends ActorAtOrigin {
  request: Request;
  params: Record<string, string | string[] | undefined>;
}

type Answer = (context: Omit<ApiContext, "actor" | "origin">) => Promise<unknown>;
type Params = { params: Promise<Record<string, string | string[] | undefined>> };

/**
 * A route that asks for a permission and answers what `answer` returns as JSON, or its Response as it is. What is
 * thrown becomes the answer that app/api/problems has for it.
 */
export function handle(permission: Permission, answer: (context: ApiContext) => Promise<unknown>) {
  return answered(async (context) => {
    const actor = await authorise(context.request, permission);
    // Not earlier: before sign-in no body is read, or only a small one on routes that need no sign-in.
    allowBody(context.request);
    refuseUnstorable(new URL(context.request.url).searchParams);
    await refuseUnknownNames(context.request);
    return answer({ ...context, actor, origin: publicOrigin(context.request) });
  });
}

/** The same for a route without sign-in: the request itself must contain enough proof. */
export function handleOpen(answer: Answer) {
  return answered(async (context) => {
    await refuseUnknownNames(context.request);
    return answer(context);
  });
}

/** Fields of a body are checked when the route reads it; where it reads none, here. */
async function refuseUnknownNames(request: Request): Promise<void> {
  const operation = operationOfRequest(request);
  if (!operation) return;
  refuseUnknownParameters(operation, new URL(request.url).searchParams);
  if (!operation.body) await requireNoFields(request);
}

function answered(answer: Answer) {
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
    // A stream sets its own headers: nothing in between may buffer it.
    if (!response.headers.has("cache-control")) response.headers.set("cache-control", "private, no-store");
    const path = new URL(request.url).pathname;
    log("request", { request_id: requestId, method: request.method, path, status: response.status });
    return response;
  };
}

/** The answer to a request for a replay: 200 for a dry run, which has a preview, 201 for a draft, 202 when it will run. */
export function requested(answer: { preview?: unknown }, isDraft = false): Response {
  return Response.json(answer, { status: answer.preview ? 200 : isDraft ? 201 : 202 });
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
