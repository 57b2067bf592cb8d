/** Sign-in with next-auth: e-mail and password of `staff_users`, and single sign-on at an OpenID Connect provider. */
import type { AuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { environment } from "@/lib/env";
import { log, logError } from "@/lib/log";
import { checkPassword, type Exchange, refuse } from "./password-sign-in";
import { isHttps, personOfSession, SESSION_SECONDS, sessionCookieName } from "./session";
import { signOut, startSession } from "./sessions";
import { admit, enter } from "./single-sign-on/admit";
import type { Provider } from "./single-sign-on/discovery";
import { PROVIDER_ID, singleSignOnProvider } from "./single-sign-on/provider";
import { SignInRefused } from "./single-sign-on/refused";

/**
 * Made at each use, because the environment is complete only once the server has started. `discovered`: for the requests of
 * single sign-on.
 */
export function authOptions(exchange: Exchange, discovered?: Provider): AuthOptions {
  const { NEXTAUTH_SECRET } = environment();
  /** The person whom single sign-on has admitted within this request. */
  let staff: Awaited<ReturnType<typeof admit>> | undefined;
  return {
    secret: NEXTAUTH_SECRET,
    session: { strategy: "jwt", maxAge: SESSION_SECONDS },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    useSecureCookies: isHttps(),
    cookies: {
      sessionToken: {
        name: sessionCookieName(),
        options: { httpOnly: true, sameSite: "lax", path: "/", secure: isHttps() },
      },
    },
    providers: [
      passwords(exchange),
      ...singleSignOnProvider(discovered, (refused) => {
        exchange.refused = refused;
      }),
    ],
    // The logger of next-auth writes input of callers unescaped, over several lines.
    logger: {
      error: (code, metadata) => logError("next_auth", messageOf(metadata), { code }),
      warn: (code) => log("next_auth", { code }),
    },
    callbacks: {
      // An account at the identity provider is not enough: the person must be on our staff.
      async signIn({ user, account }) {
        if (account?.provider !== PROVIDER_ID) return true;
        staff = await admit(user.email ?? "").catch((error) => stop(exchange, error));
        return true;
      },
      // Only the session named by the cookie counts: its person and their rights are read on each request.
      async jwt({ token, user }) {
        if (!user?.email) {
          if (typeof token.session === "string" && (await personOfSession(token.session))) return token;
          throw new Error("The session has ended.");
        }
        if (staff) {
          const session = await enter(staff, exchange).catch((error) => stop(exchange, error));
          return { sub: staff.id, name: staff.name, email: staff.email, session };
        }
        // The row that the password was checked against.
        const { id, name, email, version } = user as { id: string; name: string; email: string; version: number };
        const session = await startSession({ id, version }, exchange.device, exchange.requestId);
        return session ? { sub: id, name, email, session } : {};
      },
    },
    events: {
      async signOut({ token }) {
        if (typeof token?.session !== "string") return;
        await signOut(token.session, exchange.requestId).catch((error) => refuse(exchange, error));
      },
    },
  };
}

/** Puts the reason into the exchange, and stops next-auth. */
function stop(exchange: Exchange, error: unknown): never {
  if (!(error instanceof SignInRefused)) return refuse(exchange, error);
  exchange.refused = error;
  throw error;
}

function passwords(exchange: Exchange) {
  return CredentialsProvider({
    name: "E-mail and password",
    credentials: { email: { type: "email" }, password: { type: "password" } },
    async authorize(credentials) {
      return checkPassword(credentials, exchange).catch((error) => refuse(exchange, error));
    },
  });
}

/** Never the whole metadata: it may contain tokens, and whatever a caller sent to POST /api/auth/_log. */
function messageOf(metadata: unknown): string {
  const { message, error = message } = Object(metadata) as { message?: unknown; error?: unknown };
  return error instanceof Error ? error.message : typeof error === "string" ? error : "no message";
}
