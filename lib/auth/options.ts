/** Sign-in with next-auth: e-mail and password of `staff_users`, and any OpenID Connect provider by environment. */
import type { AuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import type { OAuthConfig } from "next-auth/providers/oauth";
import { environment } from "@/lib/env";
import { log, logError } from "@/lib/log";
import { checkPassword, type Exchange, findStaff, refuse } from "./password-sign-in";
import { isHttps, personOfSession, SESSION_SECONDS, sessionCookieName } from "./session";
import { signOut, startSession } from "./sessions";

/** Made at each use, because the environment is complete only once the server has started. */
export function authOptions(exchange: Exchange): AuthOptions {
  const { NEXTAUTH_SECRET } = environment();
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
    providers: [passwords(exchange), ...openIdConnect()],
    // Its own writes what callers send as it is, over several lines.
    logger: {
      error: (code, metadata) => logError("next_auth", messageOf(metadata), { code }),
      warn: (code) => log("next_auth", { code }),
    },
    callbacks: {
      // Being known to the identity provider is not enough: the person must be on our staff.
      async signIn({ user, account, profile }) {
        if (account?.provider === "credentials") return true;
        const unverified = (profile as { email_verified?: boolean } | undefined)?.email_verified === false;
        const staff = user.email && !unverified ? await findStaff(user.email) : null;
        return staff !== null && !staff.disabled;
      },
      // The cookie names a session and nothing else counts: who that is, and what they may, is read each time.
      async jwt({ token, user }) {
        if (!user?.email) {
          if (typeof token.session === "string" && (await personOfSession(token.session))) return token;
          throw new Error("The session has ended.");
        }
        const staff = await findStaff(user.email);
        if (!staff) return {};
        // What the password was checked against, else what the identity provider vouched for just now.
        const { version = staff.session_version } = user as { version?: number };
        const session = await startSession({ id: staff.id, version }, exchange.device, exchange.requestId);
        return session ? { sub: staff.id, name: staff.name, email: staff.email, session } : {};
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

function passwords(exchange: Exchange) {
  return CredentialsProvider({
    name: "E-mail and password",
    credentials: { email: { type: "email" }, password: { type: "password" } },
    async authorize(credentials) {
      return checkPassword(credentials, exchange).catch((error) => refuse(exchange, error));
    },
  });
}

/** Never the whole of it: it may carry tokens, and what a caller sent to POST /api/auth/_log. */
function messageOf(metadata: unknown): string {
  const { message, error = message } = Object(metadata) as { message?: unknown; error?: unknown };
  return error instanceof Error ? error.message : typeof error === "string" ? error : "no message";
}

function openIdConnect(): OAuthConfig<{ sub: string; email: string; name?: string }>[] {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET } = environment();
  if (!OIDC_ISSUER || !OIDC_CLIENT_ID || !OIDC_CLIENT_SECRET) return [];
  return [
    {
      id: "oidc",
      name: "Single sign-on",
      type: "oauth",
      wellKnown: `${OIDC_ISSUER.replace(/\/$/, "")}/.well-known/openid-configuration`,
      clientId: OIDC_CLIENT_ID,
      clientSecret: OIDC_CLIENT_SECRET,
      authorization: { params: { scope: "openid email profile" } },
      idToken: true,
      checks: ["pkce", "state", "nonce"],
      profile: ({ sub, email, name }) => ({ id: sub, email, name: name ?? email }),
    },
  ];
}
