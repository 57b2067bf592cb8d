/** The environment's configuration of single sign-on, and whether it is complete. */
import type { SingleSignOnSettings } from "@/lib/contract/single-sign-on";
import { environment } from "@/lib/env";

export const CALLBACK_PATH = "/api/auth/callback/oidc";

export interface Configuration {
  issuer: string;
  clientId: string;
  clientSecret: string;
}

/** The configuration, or a sentence that says why single sign-on is off. */
export function singleSignOn(): Configuration | { off: string } {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET } = environment();
  const missing = Object.entries(variables()).flatMap(([name, isSet]) => (isSet ? [] : [name]));
  if (!OIDC_ISSUER || !OIDC_CLIENT_ID || !OIDC_CLIENT_SECRET) {
    return { off: `Single sign-on is off: set ${missing.join(", ").replace(/, (?=\w+$)/, " and ")}, then restart.` };
  }
  const { protocol, hostname, search, hash, username } = new URL(OIDC_ISSUER);
  if (protocol !== "https:" && !(protocol === "http:" && isLoopback(hostname))) {
    return { off: "Single sign-on is off: OIDC_ISSUER must begin with https://." };
  }
  if (search || hash || username) {
    return { off: "Single sign-on is off: OIDC_ISSUER must be an address without user name, query and fragment." };
  }
  return { issuer: OIDC_ISSUER, clientId: OIDC_CLIENT_ID, clientSecret: OIDC_CLIENT_SECRET };
}

/** True when one of the variables is set, so that being off is a mistake. */
export function isSingleSignOnWanted(): boolean {
  return Object.values(variables()).some(Boolean);
}

/** By name: whether the variable is set. */
function variables(): Record<string, boolean> {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET } = environment();
  const values = { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Boolean(value)]));
}

/** For the settings page. */
export function singleSignOnSettings(): SingleSignOnSettings {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, PUBLIC_URL } = environment();
  const found = singleSignOn();
  const ours = process.env.NEXTAUTH_URL ?? PUBLIC_URL;
  return {
    ...(OIDC_ISSUER && { issuer: OIDC_ISSUER }),
    ...(OIDC_CLIENT_ID && { clientId: OIDC_CLIENT_ID }),
    variables: variables(),
    off: "off" in found ? found.off : null,
    callbackUrl: ours ? new URL(CALLBACK_PATH, ours).href : CALLBACK_PATH,
  };
}

/** A provider on this machine, for trying it out: no traffic crosses a network. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
