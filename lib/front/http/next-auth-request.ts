/** The request that next-auth gets: a body that was read within the limit and is valid, and URLs that can be parsed. */
import { cookies } from "next/headers";
import { NextRequest } from "next/server";
import { environment } from "@/lib/env";
import { readBytes, readJson } from "@/lib/front/http/read-body";
import { Problem } from "./problem";

const CALLBACK_COOKIE = /next-auth\.callback-url$/;

/** The request for next-auth, or an answer where next-auth is not needed. Throws a `Problem` that names the field. */
export async function checkedRequest(request: Request, [action, provider]: string[]): Promise<NextRequest | Response> {
  // It would let callers write any amount into our log.
  if (action === "_log") return new Response(null, { status: 204 });
  if (request.method !== "POST") {
    if (action === "callback" && provider === "credentials") {
      throw new Problem({ status: 405, title: "A password is sent with POST.", headers: { allow: "POST" } });
    }
    await refuseUnreadable(new URL(request.url).searchParams.get("callbackUrl"));
    return new NextRequest(request.url, { headers: request.headers });
  }
  const fields = await readFields(request);
  await refuseUnreadable(new URL(request.url).searchParams.get("callbackUrl"));
  await refuseUnreadable(fields.get("callbackUrl"));
  const headers = new Headers(request.headers);
  headers.set("content-type", "application/x-www-form-urlencoded");
  return new NextRequest(request.url, { method: "POST", headers, body: fields });
}

/** A form, or JSON with the same fields. */
async function readFields(request: Request): Promise<URLSearchParams> {
  const type = request.headers.get("content-type") ?? "";
  if (!type.includes("json")) return new URLSearchParams((await readBytes(request)).toString("utf8"));
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(await readJson(request))) {
    if (typeof value === "object") {
      throw new Problem({
        status: 400,
        title: `The value of ${name.slice(0, 60)} is not valid.`,
        detail: "It must be text.",
        field: name,
      });
    }
    fields.set(name, String(value));
  }
  return fields;
}

/** Also clears the cookie when it holds a URL that cannot be followed: the user did not write it. */
async function refuseUnreadable(callbackUrl: string | null): Promise<void> {
  const jar = await cookies();
  for (const { name, value } of jar.getAll()) if (CALLBACK_COOKIE.test(name) && !isAddress(value)) jar.delete(name);
  if (callbackUrl === null || callbackUrl === "" || isAddress(callbackUrl)) return;
  throw new Problem({
    status: 400,
    title: "The value of callbackUrl is not valid.",
    detail: "Send a path of this server, such as /events.",
    field: "callbackUrl",
  });
}

function isAddress(text: string): boolean {
  const base = environment().PUBLIC_URL ?? "http://localhost";
  const url = URL.canParse(text, text.startsWith("/") ? base : undefined) ? new URL(text, base) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol);
}
