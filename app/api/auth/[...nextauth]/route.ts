import NextAuth from "next-auth";
import { handleOpen } from "@/app/api/handle";
import { cookieOf } from "@/lib/auth/authorise";
import { authOptions } from "@/lib/auth/options";
import type { Exchange } from "@/lib/auth/password-sign-in";
import { sessionCookieName, sessionIdOf } from "@/lib/auth/session";
import { problemBody } from "@/lib/errors";
import { clientAddress } from "@/lib/front/client-address";
import { checkedRequest } from "./checked-request";

/** Signing in and out, by next-auth. It gets only what it can read: from anything else it would make a 500. */
const signIn = handleOpen(async ({ request, requestId, params }) => {
  const checked = await checkedRequest(request, params.nextauth as string[]);
  if (checked instanceof Response) return checked;
  const exchange: Exchange = {
    requestId,
    device: {
      address: clientAddress(request.headers),
      userAgent: request.headers.get("user-agent") ?? "",
      previous: await sessionIdOf(cookieOf(request, sessionCookieName())),
    },
  };
  const answer = await NextAuth(checked as never, { params: Promise.resolve(params) } as never, authOptions(exchange));
  return exchange.refusal ? refused(exchange, request) : answer;
});

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
