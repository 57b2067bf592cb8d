import type { ApiContext } from "@/app/api/handle";
import { environment } from "@/lib/env";
import type { Change } from "@/lib/queries/sources";

/** Who changes a source, and how a URL of ours begins: as configured, else as the asker reached us. */
export function changeOf({ request, actor, requestId }: ApiContext): Change {
  return { actor, requestId, origin: environment().PUBLIC_URL?.replace(/\/+$/, "") ?? originOf(request) };
}

function originOf(request: Request): string {
  const { protocol, host } = new URL(request.url);
  const scheme = request.headers.get("x-forwarded-proto")?.split(",")[0]?.trim() === "https" ? "https:" : protocol;
  return `${scheme}//${request.headers.get("host") ?? host}`;
}
