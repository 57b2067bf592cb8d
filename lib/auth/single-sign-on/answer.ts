/**
 * The two requests of single sign-on: the redirect to the provider, and the callback. A refusal leads to the sign-in page.
 */
import { cookieOf } from "@/lib/auth/authorise";
import type { Exchange } from "@/lib/auth/password-sign-in";
import { sessionCookieName } from "@/lib/auth/session";
import { writeDown } from "@/lib/auth/single-sign-on/admit";
import { singleSignOn } from "@/lib/auth/single-sign-on/configuration";
import { endedAttempt, startedState } from "@/lib/auth/single-sign-on/cookies";
import { discover, type Provider } from "@/lib/auth/single-sign-on/discovery";
import { PROVIDER_ID } from "@/lib/auth/single-sign-on/provider";
import { named, refusalOf, SignInRefused } from "@/lib/auth/single-sign-on/refused";
import { refusalCode } from "@/lib/contract/single-sign-on";

/** True for the requests that need the provider, when single sign-on is on. */
export function isSingleSignOn([action, provider]: string[], { method }: Request): boolean {
  if (provider !== PROVIDER_ID || "off" in singleSignOn()) return false;
  return action === "callback" || (action === "signin" && method === "POST");
}

/** next-auth's answer, or a redirect with the refusal. Both are logged. */
export async function singleSignOnAnswer(
  request: Request,
  exchange: Exchange,
  run: (discovered: Provider) => Promise<Response>,
): Promise<Response> {
  const isCallback = new URL(request.url).pathname.includes("/callback/");
  try {
    const configuration = singleSignOn();
    if ("off" in configuration) throw new SignInRefused("misconfigured", configuration.off);
    if (isCallback) await refuseForeign(request);
    const answer = await run(await discover(configuration));
    if (exchange.refused) throw exchange.refused;
    if (isCallback && !exchange.refusal && !startsSession(answer)) {
      throw new SignInRefused("started_elsewhere", "A cookie of the start is missing or too old.");
    }
    return exchange.refusal ? toSignIn("NoAnswer", request) : answer;
  } catch (error) {
    const refused = refusalOf(error);
    await writeDown(refused, exchange);
    return toSignIn(refusalCode(refused.reason), request);
  }
}

/**
 * Refuses a callback that this browser did not start. A refusal by the provider itself is trusted only in the browser that
 * started the sign-in.
 */
async function refuseForeign(request: Request): Promise<void> {
  const params =
    request.method === "POST" ? new URLSearchParams(await request.clone().text()) : new URL(request.url).searchParams;
  const state = await startedState((name) => cookieOf(request, name));
  if (!state || params.get("state") !== state) {
    throw new SignInRefused("started_elsewhere", "The state is not the one this browser started with.");
  }
  const error = params.get("error");
  if (error === null) return;
  throw new SignInRefused(
    error === "access_denied" ? "cancelled" : "provider_error",
    `The provider says ${named(error)}.`,
  );
}

function startsSession(answer: Response): boolean {
  return answer.headers.getSetCookie().some((cookie) => cookie.startsWith(`${sessionCookieName()}=`));
}

/** A redirect for a browser that navigates; the URL for next-auth's client, which then goes there. */
function toSignIn(error: string, request: Request): Response {
  const path = `/sign-in?${new URLSearchParams({ error })}`;
  const answer =
    request.method === "GET"
      ? new Response(null, { status: 303, headers: { location: path } })
      : Response.json({ url: path });
  for (const cookie of endedAttempt()) answer.headers.append("set-cookie", cookie);
  return answer;
}
