/** Where a browser's request comes from. Browsers say it in `Sec-Fetch-Site`, older ones in `Origin`. */
import { environment } from "@/lib/env";

/** True when a browser says that our own console sends this. A caller that says nothing is not our console. */
export function isSameOrigin(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  return site ? site === "same-origin" : isOurs(request.headers.get("origin"), request);
}

/** True when a browser says that a page of another site sends this. A program that is no browser says nothing. */
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
