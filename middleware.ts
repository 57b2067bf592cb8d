/**
 * Before a page renders: sets the nonce of its scripts, and sends signed-out people to the sign-in page. The latter is a
 * convenience: every page and handler authorises for itself. Webhooks and APIs never pass here, because Next copies the
 * bodies of requests that do. Navigation within the console (`rsc`) does not either: it would wait 5 to 10 ms for a check
 * that the page makes anyway, and it is not a document that could have scripts.
 */
import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { getToken } from "next-auth/jwt";
import { NONCE_HEADER, PATH_HEADER, REFUSAL_HEADER } from "./lib/front/headers";
import { pagePolicy } from "./lib/front/policy";
import { isWrongAddress, problemOfTarget } from "./lib/front/target";

export const config = {
  runtime: "nodejs",
  matcher: [
    {
      source: "/((?!api(?:/|$)|admin/webhooks(?:/|$)|_next/static/).*)",
      missing: [{ type: "header", key: "rsc" }],
    },
  ],
};

/** Pages and files that need no session. */
const OPEN = /^\/(?:api-reference|admin|_next|sign-in|invitation)(?:\/|$)|\.[a-z0-9]{2,5}$/;

export async function middleware(request: NextRequest): Promise<NextResponse> {
  const { pathname, search } = request.nextUrl;
  // Our own server and `next start` have refused these already; a serverless platform has not.
  const refusal = problemOfTarget(pathname + search) ?? (isWrongAddress(request.method, pathname) && "wrong_address");
  if (refusal) return refuse(request, refusal);
  if (!OPEN.test(pathname) && !(await hasSession(request))) {
    const target = request.nextUrl.clone();
    target.pathname = "/sign-in";
    target.search = `?callbackUrl=${encodeURIComponent(pathname + search)}`;
    return NextResponse.redirect(target);
  }
  const nonce = randomBytes(16).toString("base64");
  const policy = pagePolicy(nonce);
  const headers = new Headers(request.headers);
  // A server component cannot see its own path, and needs it to return there after signing in again.
  headers.set(PATH_HEADER, pathname + search);
  headers.set(NONCE_HEADER, nonce);
  // Next reads the nonce of its own scripts from here.
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

async function hasSession(request: NextRequest): Promise<boolean> {
  const secret = process.env.NEXTAUTH_SECRET;
  return (await getToken({ req: request, cookieName: sessionCookie(request), secret })) !== null;
}

/** Rewrites to the route of app/api that answers requests without a route. */
function refuse(request: NextRequest, refusal: object | string): NextResponse {
  const target = request.nextUrl.clone();
  target.pathname = "/api/refused";
  target.search = "";
  const headers = new Headers(request.headers);
  headers.set(PATH_HEADER, request.nextUrl.pathname + request.nextUrl.search);
  headers.set(REFUSAL_HEADER, encodeURIComponent(JSON.stringify(refusal)));
  return NextResponse.rewrite(target, { request: { headers } });
}

/**
 * Either of the two names: the name depends on HTTPS, see lib/auth/session.ts, whose import would load the database, too.
 */
function sessionCookie(request: NextRequest): string {
  const secure = "__Host-redrive.session";
  return request.cookies.has(secure) ? secure : "redrive.session";
}
