/** Every address below /api without a route, and requests refused before routing (lib/front/listen.ts, middleware.ts). */

import { problemResponse } from "@/app/api/handle";
import { PATH_HEADER, REFUSAL_HEADER } from "@/lib/front/headers";
import type { Refusal } from "@/lib/front/screen";
import { responseOf } from "@/lib/pipeline/accept-from-next";
import { refuseWrongAddress } from "@/lib/pipeline/wrong-address";

export const dynamic = "force-dynamic";

async function refuse(request: Request): Promise<Response> {
  const refusal = refusalIn(request.headers.get(REFUSAL_HEADER));
  if (refusal !== "wrong_address") return problemResponse(refusal, request);
  const { pathname, search } = new URL(request.url);
  const path = request.headers.get(PATH_HEADER) ?? pathname + search;
  return responseOf(await refuseWrongAddress({ method: request.method, path, headers: [...request.headers] }));
}

/** Where nothing screens, a caller may write it: then it refuses itself. */
function refusalIn(header: string | null): Refusal {
  try {
    const refusal = JSON.parse(decodeURIComponent(header ?? ""));
    return refusal.status >= 400 && refusal.status < 500 ? refusal : "wrong_address";
  } catch {
    return "wrong_address";
  }
}

export {
  refuse as DELETE,
  refuse as GET,
  refuse as HEAD,
  refuse as OPTIONS,
  refuse as PATCH,
  refuse as POST,
  refuse as PUT,
};
