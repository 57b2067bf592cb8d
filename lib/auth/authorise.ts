/** Authentication and authorisation. Every API route and every page checks here; middleware.ts is only a convenience. */
import { cookies, headers } from "next/headers";
import { forbidden, redirect } from "next/navigation";
import { cache } from "react";
import { PATH_HEADER } from "@/lib/front/headers";
import { Refusal } from "@/lib/refusals";
import { noteCaller } from "@/lib/request-scope";
import { hasMetricsToken, MONITORING } from "./metrics-token";
import { isSameOrigin } from "./origin";
import { type Actor, mayActor, type Permission } from "./permissions";
import { actorOfSession, type Person, sessionCookieName } from "./session";
import { readToken } from "./tokens";

/**
 * For API routes: the actor, from a bearer token or from the console's session cookie. Throws a `Refusal` when there is no
 * actor, when the actor lacks the permission, or when a browser sends the session from another site.
 */
export async function authorise(request: Request, permission: Permission): Promise<Actor> {
  const actor = request.headers.has("authorization") ? await bearer(request) : await person(request);
  noteCaller(actor.id);
  if (mayActor(actor, permission)) return actor;
  throw new Refusal("not_permitted", { role: actor.role, permission });
}

/** For pages: the signed-in person. Redirects others to the sign-in page; shows the 403 page when the role is not enough. */
export async function requireStaff(permission: Permission): Promise<Person> {
  const actor = await currentPerson();
  if (!actor) redirect(`/sign-in?callbackUrl=${encodeURIComponent(await currentPath())}`);
  noteCaller(actor.id);
  if (!mayActor(actor, permission)) forbidden();
  return actor;
}

async function bearer(request: Request): Promise<Actor> {
  if (hasMetricsToken(request)) return MONITORING;
  const token = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  const read = token ? await readToken(token) : { problem: "The Authorization header must say: Bearer <token>." };
  if ("actor" in read) return read.actor;
  throw new Refusal("not_authenticated", { detail: read.problem });
}

async function person(request: Request): Promise<Actor> {
  const actor = await actorOfSession(cookieOf(request, sessionCookieName()));
  if (!actor) {
    const detail = "Send `Authorization: Bearer <token>` (`npm run token` makes one), or sign in to the console.";
    throw new Refusal("not_authenticated", { detail });
  }
  if (!["GET", "HEAD"].includes(request.method) && !isSameOrigin(request)) {
    throw new Refusal("other_site", { way: "console" });
  }
  return actor;
}

/** The value of a request's cookie. */
export function cookieOf(request: Request, name: string): string | undefined {
  const pairs = (request.headers.get("cookie") ?? "").split(/; */);
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Read once per rendered page: layout and page need the same person. */
const currentPerson = cache(async () => actorOfSession((await cookies()).get(sessionCookieName())?.value));

async function currentPath(): Promise<string> {
  const sent = await headers();
  // Navigation within the console bypasses middleware.ts. The browser then names the page it comes from.
  const path = sent.get(PATH_HEADER) ?? pathOf(sent.get("referer")) ?? "/";
  return /^\/(?![/\\])/.test(path) ? path : "/";
}

function pathOf(address: string | null): string | undefined {
  const url = address && URL.canParse(address) ? new URL(address) : undefined;
  return url && url.pathname + url.search;
}
