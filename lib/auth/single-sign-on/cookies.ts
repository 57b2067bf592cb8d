/** next-auth's cookies of a sign-in under way, each for one attempt. The names are next-auth's own. */
import { decode } from "next-auth/jwt";
import { environment } from "@/lib/env";
import { isHttps } from "../session";

const prefix = () => `${isHttps() ? "__Secure-" : ""}next-auth`;

/** The state that this browser started with; undefined when it started no sign-in within 15 minutes. */
export async function startedState(cookieOf: (name: string) => string | undefined): Promise<string | undefined> {
  const name = `${prefix()}.state`;
  const secret = environment().NEXTAUTH_SECRET;
  const token = cookieOf(name);
  if (!token || !secret) return undefined;
  const read = await decode({ token, secret, salt: name }).catch(() => null);
  return typeof read?.value === "string" ? read.value : undefined;
}

/** `set-cookie` headers that end the attempt, so that its code and state become useless in this browser. */
export function endedAttempt(): string[] {
  const names = ["state", "nonce", "pkce.code_verifier"].map((name) => `${prefix()}.${name}`);
  return names.map((name) => `${name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax${isHttps() ? "; Secure" : ""}`);
}
