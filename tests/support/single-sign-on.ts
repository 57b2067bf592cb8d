/** Single sign-on as a browser does it, request by request, so that a test can step in between. */
import { expect } from "vitest";

/** Cookies of one browser for one site. */
export class Jar {
  private readonly pairs = new Map<string, string>();

  keep(response: Response): Response {
    for (const set of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = set.split("; ");
      const name = pair.slice(0, pair.indexOf("="));
      const value = pair.slice(name.length + 1);
      if (value === "" || attributes.some((one) => /^max-age=0$/i.test(one))) this.pairs.delete(name);
      else this.pairs.set(name, value);
    }
    return response;
  }

  copy(): Jar {
    const other = new Jar();
    for (const [name, value] of this.pairs) other.pairs.set(name, value);
    return other;
  }

  get names(): string[] {
    return [...this.pairs.keys()];
  }

  toString(): string {
    return [...this.pairs].map(([name, value]) => `${name}=${value}`).join("; ");
  }
}

/** The client address that a proxy on this machine reports, and a browser's other headers. */
type Sent = Record<string, string>;

/** Presses "Continue with single sign-on". Returns the address that the browser is sent to. */
export async function startSignIn(url: string, jar: Jar, sent: Sent = {}): Promise<string> {
  const csrf = jar.keep(await fetch(`${url}/api/auth/csrf`, { headers: { ...sent, cookie: `${jar}` } }));
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const started = await fetch(`${url}/api/auth/signin/oidc`, {
    method: "POST",
    redirect: "manual",
    headers: { ...sent, cookie: `${jar}` },
    body: new URLSearchParams({ csrfToken, callbackUrl: `${url}/events`, json: "true" }),
  });
  jar.keep(started);
  return ((await started.json()) as { url: string }).url;
}

/** Signs in at the provider and consents. Returns the address that it sends the browser back to. */
export async function signInAtProvider(authorizationUrl: string, login: string): Promise<string> {
  const jar = new Jar();
  const origin = new URL(authorizationUrl).origin;
  let answer = await step(authorizationUrl, jar);
  for (let steps = 0; steps < 12; steps += 1) {
    const location = answer.headers.get("location");
    if (location) {
      const next = new URL(location, origin);
      if (next.origin !== origin) return next.href;
      answer = await step(next.href, jar);
      continue;
    }
    const page = await answer.text();
    const action = /action="([^"]+)"/.exec(page)?.[1];
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    if (!action || !prompt) throw new Error(`The provider shows another page: ${answer.status} ${page.slice(0, 300)}`);
    answer = await step(action, jar, { prompt, login, password: "any" });
  }
  throw new Error("The provider never sent the browser back.");
}

async function step(url: string, jar: Jar, fields?: Record<string, string>): Promise<Response> {
  const headers = { cookie: `${jar}` };
  return jar.keep(
    await fetch(url, {
      headers,
      redirect: "manual",
      ...(fields && { method: "POST", body: new URLSearchParams(fields) }),
    }),
  );
}

/** Opens the address that the provider sent the browser to. */
export async function comeBack(callbackUrl: string, jar: Jar, sent: Sent = {}): Promise<Response> {
  return jar.keep(await fetch(callbackUrl, { redirect: "manual", headers: { ...sent, cookie: `${jar}` } }));
}

/** The whole sign-in: the last answer, and the browser's cookies after it. */
export async function singleSignOn(url: string, login: string, sent: Sent = {}) {
  const jar = new Jar();
  const callbackUrl = await signInAtProvider(await startSignIn(url, jar, sent), login);
  const before = jar.copy();
  return { response: await comeBack(callbackUrl, jar, sent), jar, callbackUrl, before };
}

/** Expects the sign-in page with this reason, and no session. */
export function expectRefused(response: Response, reason: string): void {
  expect([response.status, response.headers.get("location")]).toEqual([303, `/sign-in?error=SingleSignOn.${reason}`]);
  expect(response.headers.getSetCookie().some((cookie) => cookie.startsWith("redrive.session="))).toBe(false);
}
