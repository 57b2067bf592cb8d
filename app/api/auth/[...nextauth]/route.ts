import NextAuth from "next-auth";
import { cookieOf } from "@/lib/auth/authorise";
import { addressOf, authOptions } from "@/lib/auth/options";
import type { Exchange } from "@/lib/auth/password-sign-in";
import { sessionCookieName, sessionIdOf } from "@/lib/auth/session";
import { problemBody } from "@/lib/errors";
import { requestIdOf } from "@/lib/pipeline/accept";

type Context = { params: Promise<{ nextauth: string[] }> };

async function signIn(request: Request, context: Context): Promise<Response> {
  const exchange: Exchange = {
    requestId: requestIdOf({ headers: [...request.headers] }),
    device: {
      address: addressOf(Object.fromEntries(request.headers)),
      userAgent: request.headers.get("user-agent") ?? "",
      previous: await sessionIdOf(cookieOf(request, sessionCookieName())),
    },
  };
  const answer = (await NextAuth(request as never, context as never, authOptions(exchange))) as Response;
  return exchange.refusal ? refused(exchange, request) : answer;
}

/** As problem+json, with the address next-auth's own client reads the reason from. */
function refused({ refusal, requestId }: Exchange, request: Request): Response {
  const init = refusal?.init ?? { status: 500, title: "Signing in failed." };
  const error = init.status === 429 ? `TooManyAttempts.${init.headers?.["retry-after"]}` : "NoAnswer";
  const url = new URL(`/sign-in?${new URLSearchParams({ error })}`, request.url).href;
  return Response.json(
    { ...problemBody(init, requestId), url },
    { status: init.status, headers: { "content-type": "application/problem+json", ...init.headers } },
  );
}

export { signIn as GET, signIn as POST };
