import NextAuth from "next-auth";
import { handleOpen } from "@/app/api/handle";
import { problemOf } from "@/app/api/problems";
import { cookieOf } from "@/lib/auth/authorise";
import { authOptions } from "@/lib/auth/options";
import type { Exchange } from "@/lib/auth/password-sign-in";
import { sessionCookieName, sessionIdOf } from "@/lib/auth/session";
import { isSingleSignOn, singleSignOnAnswer } from "@/lib/auth/single-sign-on/answer";
import type { Provider } from "@/lib/auth/single-sign-on/discovery";
import { problemBody } from "@/lib/errors";
import { clientAddress } from "@/lib/front/client-address";
import { checkedRequest } from "@/lib/front/http/next-auth-request";

/** Sign-in and sign-out by next-auth. It gets only requests that it can read: with others it would answer 500. */
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
  const run = async (discovered?: Provider): Promise<Response> => {
    const options = authOptions(exchange, discovered);
    const answer = await NextAuth(checked as never, { params: Promise.resolve(params) } as never, options);
    return exchange.refusal ? refused(exchange, request) : answer;
  };
  return isSingleSignOn(params.nextauth as string[], request) ? singleSignOnAnswer(checked, exchange, run) : run();
});

/** As problem+json, with the address from which next-auth's own client reads the reason. */
function refused({ refusal, requestId }: Exchange, request: Request): Response {
  const init = refusal ? problemOf(refusal) : { status: 500, title: "Signing in failed." };
  const error = init.status === 429 ? `TooManyAttempts.${init.headers?.["retry-after"]}` : "NoAnswer";
  const url = new URL(`/sign-in?${new URLSearchParams({ error })}`, request.url).href;
  return Response.json(
    { ...problemBody(init, requestId), url },
    { status: init.status, headers: { "content-type": "application/problem+json", ...init.headers } },
  );
}

export { signIn as GET, signIn as POST };
