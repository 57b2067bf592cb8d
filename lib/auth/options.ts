/** Sign-in with next-auth: e-mail and password of `staff_users`, and any OpenID Connect provider by environment. */
import type { AuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import type { OAuthConfig } from "next-auth/providers/oauth";
import { call } from "@/lib/db/client";
import { environment } from "@/lib/env";
import { clientAddress } from "@/lib/front/client-address";
import { log, logError } from "@/lib/log";
import { verifyPassword } from "./password";
import { isHttps, SESSION_SECONDS, type Staff, sessionCookieName } from "./session";

/** Longer passwords only cost us time. */
const LONGEST_PASSWORD = 1024;

/** Made at each use, because the environment is complete only once the server has started. */
export function authOptions(): AuthOptions {
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
    providers: [passwords(), ...openIdConnect()],
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
        if (!staff || staff.disabled) return false;
        await call("console", "record_sign_in", { p_email: staff.email, p_ip: "", p_success: true });
        return true;
      },
      // The token names the person and nothing else: what they may do is read from the database each time.
      async jwt({ token, user }) {
        if (!user?.email) return token;
        const staff = await findStaff(user.email);
        return staff ? { sub: staff.id, name: staff.name, email: staff.email, version: staff.session_version } : {};
      },
    },
  };
}

function passwords() {
  return CredentialsProvider({
    name: "E-mail and password",
    credentials: { email: { type: "email" }, password: { type: "password" } },
    async authorize(credentials, request) {
      const email = credentials?.email?.trim().toLowerCase().slice(0, 320) ?? "";
      const password = credentials?.password ?? "";
      const ip = clientAddress(request.headers ?? {});
      if (!(await call<boolean>("console", "sign_in_allowed", { p_email: email, p_ip: ip }))) {
        log("sign_in", { decision: "too_many_attempts", ip });
        throw new Error("TooManyAttempts");
      }
      const staff = await findStaff(email);
      const right = await verifyPassword(password.slice(0, LONGEST_PASSWORD), staff?.password_hash);
      const success = right && staff !== null && !staff.disabled;
      await call("console", "record_sign_in", { p_email: email, p_ip: ip, p_success: success });
      log("sign_in", { decision: success ? "signed_in" : "refused", staff_id: success ? staff.id : undefined, ip });
      return success ? { id: staff.id, email: staff.email, name: staff.name } : null;
    },
  });
}

/** Never the whole of it: it may carry tokens, and what a caller sent to POST /api/auth/_log. */
function messageOf(metadata: unknown): string {
  const { message, error = message } = Object(metadata) as { message?: unknown; error?: unknown };
  return error instanceof Error ? error.message : typeof error === "string" ? error : "no message";
}

function findStaff(email: string) {
  return call<(Staff & { password_hash: string | null }) | null>("console", "find_staff", { p_email: email });
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
