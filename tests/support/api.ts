/** Calls of the API as an operator makes them: a token, JSON in, JSON out. */

export interface Heard {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: JSON as a caller sees it
  body: any;
  text: string;
}

export type Ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Heard>;

/** `heard` keeps every answer of the API, for tests that search it for what it must never contain. */
export function asker(url: string, token: string, heard: string[] = [], ask: typeof fetch = fetch): Ask {
  return async (method, path, body, headers = {}) => {
    const response = await ask(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await response.text();
    heard.push(`${[...response.headers].join("\n")}\n${text}`);
    return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined, text };
  };
}
