/** Where a browser's request comes from. Browsers send `Sec-Fetch-Site`, older ones `Origin`. */
import { environment } from "@/lib/env";

/** True when a browser reports that our own console sends this. A caller without these headers is not our console. */
export function isSameOrigin(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  return site ? site === "same-origin" : isOurs(request.headers.get("origin"), request);
}

/** True when a browser reports that a page of another site sends this. Other programs send neither header. */
export function isFromAnotherSite(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site) return site !== "same-origin" && site !== "none";
  const origin = request.headers.get("origin");
  return origin !== null && !isOurs(origin, request);
}

function isOurs(origin: string | null, request: Request): boolean {
  if (!origin || !URL.canParse(origin)) return false;
  const { PUBLIC_URL } = environment();
  const ours = [request.headers.get("host"), PUBLIC_URL && new URL(PUBLIC_URL).host];
  return ours.includes(new URL(origin).host);
}
