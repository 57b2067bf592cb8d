/**
 * Sends signed-out people to the sign-in page before anything renders. A convenience: every page and handler authorises
 * for itself. Webhooks and APIs never pass here, because Next cuts bodies above 10 MB on the paths it matches. Going from
 * page to page within the console (`rsc`) does not either: it would wait 5 to 10 ms for what the page asks anyway.
 */
import { type NextRequest, NextResponse } from "next/server";
import { getToken } from "next-auth/jwt";

export const config = {
  runtime: "nodejs",
  matcher: [
    {
      source:
        "/((?!api(?:/|$)|api-reference(?:/|$)|admin(?:/|$)|_next/|sign-in(?:/|$)|invitation(?:/|$)|.*\\.[a-z0-9]{2,5}$).*)",
      missing: [{ type: "header", key: "rsc" }],
    },
  ],
};

export async function middleware(request: NextRequest): Promise<NextResponse> {
  const { pathname, search } = request.nextUrl;
  const token = await getToken({
    req: request,
    cookieName: sessionCookie(request),
    secret: process.env.NEXTAUTH_SECRET,
  });
  if (!token) {
    const target = request.nextUrl.clone();
    target.pathname = "/sign-in";
    target.search = `?callbackUrl=${encodeURIComponent(pathname + search)}`;
    return NextResponse.redirect(target);
  }
  // A server component cannot see its own path, and needs it to come back after signing in again.
  const headers = new Headers(request.headers);
  headers.set("x-redrive-path", pathname + search);
  return NextResponse.next({ request: { headers } });
}

/** Whichever this browser has: the name follows HTTPS, see lib/auth/session.ts, which would bring the database along. */
function sessionCookie(request: NextRequest): string {
  const secure = "__Host-redrive.session";
  return request.cookies.has(secure) ? secure : "redrive.session";
}
