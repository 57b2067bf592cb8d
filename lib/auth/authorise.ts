/** Who asks, and may they? Every API route and every page asks here; middleware.ts is a convenience only. */
import { cookies, headers } from "next/headers";
import { forbidden, redirect } from "next/navigation";
import { cache } from "react";
import { environment } from "@/lib/env";
import { Problem } from "@/lib/errors";
import { PATH_HEADER } from "@/lib/front/headers";
import { noteCaller } from "@/lib/request-scope";
import { type Actor, lackOf, mayActor, type Permission } from "./permissions";
import { actorOfSession, type Person, sessionCookieName } from "./session";
import { readToken } from "./tokens";

/**
 * For API routes: the actor, from a bearer token or from the console's session cookie. Throws a `Problem`: 401 when it is
 * nobody, 403 when the actor lacks the permission, or when a browser sends the session from another site.
 */
export async function authorise(request: Request, permission: Permission): Promise<Actor> {
  const actor = request.headers.has("authorization") ? await bearer(request) : await person(request);
  noteCaller(actor.id);
  if (mayActor(actor, permission)) return actor;
  throw new Problem({ status: 403, title: "You may not do this.", detail: lackOf(actor, permission) });
}

/** For pages: the signed-in person. Sends others to the sign-in page; answers the 403 page when the role is not enough. */
export async function requireStaff(permission: Permission): Promise<Person> {
  const actor = await currentPerson();
  if (!actor) redirect(`/sign-in?callbackUrl=${encodeURIComponent(await currentPath())}`);
  noteCaller(actor.id);
  if (!mayActor(actor, permission)) forbidden();
  return actor;
}

async function bearer(request: Request): Promise<Actor> {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  const read = token ? await readToken(token) : { problem: "The Authorization header must say: Bearer <token>." };
  if ("actor" in read) return read.actor;
  throw unauthorised(read.problem);
}

async function person(request: Request): Promise<Actor> {
  const actor = await actorOfSession(cookieOf(request, sessionCookieName()));
  if (!actor) {
    throw unauthorised("Send `Authorization: Bearer <token>` (`npm run token` makes one), or sign in to the console.");
  }
  if (!["GET", "HEAD"].includes(request.method) && !isSameOrigin(request)) {
    throw new Problem({
      status: 403,
      title: "This request comes from another site.",
      detail: "Use the console itself, or an API token.",
    });
  }
  return actor;
}

function unauthorised(detail: string): Problem {
  return new Problem({
    status: 401,
    title: "Authentication is required.",
    detail,
    headers: { "www-authenticate": 'Bearer realm="redrive"' },
  });
}

function cookieOf(request: Request, name: string): string | undefined {
  const pairs = (request.headers.get("cookie") ?? "").split(/; */);
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Browsers say where a request comes from; one that says nothing is not our console. */
function isSameOrigin(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site) return site === "same-origin";
  const origin = request.headers.get("origin");
  if (!origin || !URL.canParse(origin)) return false;
  const { PUBLIC_URL } = environment();
  const ours = [request.headers.get("host"), PUBLIC_URL && new URL(PUBLIC_URL).host];
  return ours.includes(new URL(origin).host);
}

/** Once per rendered page: layout and page ask for the same person. */
const currentPerson = cache(async () => actorOfSession((await cookies()).get(sessionCookieName())?.value));

async function currentPath(): Promise<string> {
  const sent = await headers();
  // Within the console, where middleware.ts is not asked, the browser says which page it comes from.
  const path = sent.get(PATH_HEADER) ?? pathOf(sent.get("referer")) ?? "/";
  return /^\/(?![/\\])/.test(path) ? path : "/";
}

function pathOf(address: string | null): string | undefined {
  const url = address && URL.canParse(address) ? new URL(address) : undefined;
  return url && url.pathname + url.search;
}
