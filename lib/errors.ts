/** Errors in the API: problem+json (RFC 9457) with the runbooks' `error` string and the request id. */

export interface ProblemInit {
  status: number;
  /** What happened, in a sentence. */
  title: string;
  /** What to do about it. */
  detail?: string;
  /** The field that is wrong, for 400 and 422. */
  field?: string;
  headers?: Record<string, string>;
  /** Fields of the answer that only this problem has. */
  more?: Record<string, unknown>;
}

/** The body of a problem answer. `error` repeats the title for callers that read the runbooks' field. */
export function problemBody(init: ProblemInit, requestId: string): Record<string, unknown> {
  return {
    type: "about:blank",
    title: init.title,
    status: init.status,
    ...(init.detail ? { detail: init.detail } : {}),
    ...(init.field ? { field: init.field } : {}),
    error: init.detail ? `${init.title} ${init.detail}` : init.title,
    ...init.more,
    request_id: requestId,
  };
}
