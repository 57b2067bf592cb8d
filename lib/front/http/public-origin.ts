import { environment } from "@/lib/env";

/** The origin of our URLs: as configured, else as the caller reached us, such as `https://desk.example`. */
export function publicOrigin(request: Request): string {
  return environment().PUBLIC_URL?.replace(/\/+$/, "") ?? originOf(request);
}

function originOf(request: Request): string {
  const { protocol, host } = new URL(request.url);
  const scheme = request.headers.get("x-forwarded-proto")?.split(",")[0]?.trim() === "https" ? "https:" : protocol;
  return `${scheme}//${request.headers.get("host") ?? host}`;
}
