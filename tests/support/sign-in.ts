/** Signs in to the console as a browser does. */

/** A browser's headers; `x-forwarded-for` is the client address that a proxy on this machine reports. */
type Sent = Record<string, string>;

/** The cookies a browser would send afterwards. Throws when the sign-in is refused. */
export async function signIn(url: string, email: string, password: string, sent: Sent = {}): Promise<string> {
  const { response, cookies } = await attemptSignIn(url, email, password, sent);
  if (!cookies.includes("redrive.session="))
    throw new Error(`Signing in failed: ${response.status} ${await response.text()}`);
  return cookies;
}

/** One attempt: the answer, and the cookies after it. */
export async function attemptSignIn(url: string, email: string, password: string, sent: Sent = {}) {
  const form = await openForm(url, sent.cookie);
  const { cookie: _, ...headers } = sent;
  return form.send("callback/credentials", { email, password }, headers);
}

/** Signs out as the console's button does. */
export async function signOut(url: string, cookie: string): Promise<Response> {
  const form = await openForm(url, cookie);
  return (await form.send("signout", {}, {})).response;
}

/** The forms of next-auth, each with its CSRF token. */
async function openForm(url: string, cookie = "") {
  const jar = new Map<string, string>();
  for (const pair of cookie.split("; ").filter(Boolean)) setPair(jar, pair);
  const keep = (response: Response) => {
    for (const set of response.headers.getSetCookie()) setPair(jar, set.split(";")[0] ?? "");
  };
  const cookies = () => [...jar].map(([name, value]) => `${name}=${value}`).join("; ");

  const csrf = await fetch(`${url}/api/auth/csrf`, { headers: { cookie: cookies() } });
  keep(csrf);
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  return {
    async send(action: string, fields: Record<string, string>, headers: Sent) {
      const response = await fetch(`${url}/api/auth/${action}`, {
        method: "POST",
        redirect: "manual",
        headers: { ...headers, cookie: cookies() },
        body: new URLSearchParams({ csrfToken, ...fields, json: "true" }),
      });
      keep(response);
      return { response, cookies: cookies() };
    },
  };
}

function setPair(jar: Map<string, string>, pair: string): void {
  jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
}
