/** Requests from the browser to our own API: JSON in, JSON out, and one error type that a user can quote. */

const ANSWER_WITHIN_MS = 10_000;

/** A refusal or a failure of the API. `requestId` is for quoting to an engineer; status 0 means no answer came. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly requestId: string | null = null,
    readonly field: string | null = null,
    /** The whole answer, for fields that only this problem has. */
    readonly problem: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** `patienceMs`: for requests that take longer than the database, such as a test of a customer's endpoint. */
type Asked = RequestInit & { patienceMs?: number };

/** Requests a path of this app and returns its JSON; undefined for 204. Throws `ApiError` for any other answer. */
export async function requestJson<T>(path: string, init: Asked = {}): Promise<T> {
  const response = await answered(path, init);
  if (!response.ok) throw await refusal(response);
  return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
}

export function postJson<T>(path: string, body: unknown, init: Asked = {}): Promise<T> {
  return requestJson<T>(path, {
    ...init,
    method: init.method ?? "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

export function patchJson<T>(path: string, body: unknown): Promise<T> {
  return postJson<T>(path, body, { method: "PATCH" });
}

async function answered(path: string, { patienceMs = ANSWER_WITHIN_MS, ...init }: Asked): Promise<Response> {
  const patience = AbortSignal.timeout(patienceMs);
  try {
    return await fetch(path, {
      ...init,
      headers: { accept: "application/json", ...init.headers },
      cache: "no-store",
      signal: init.signal ? AbortSignal.any([init.signal, patience]) : patience,
    });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError("Redrive did not respond. Check your connection, and that the server is running.", 0);
  }
}

async function refusal(response: Response): Promise<ApiError> {
  const problem = ((await response.json().catch(() => null)) ?? {}) as Record<string, string | undefined>;
  const words = [problem.title, problem.detail].filter(Boolean).join(" ");
  return new ApiError(
    words || problem.error || `The server answered ${response.status}.`,
    response.status,
    problem.request_id ?? response.headers.get("x-request-id"),
    problem.field ?? null,
    problem,
  );
}
