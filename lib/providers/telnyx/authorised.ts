import type { ApiRequest, ApiSession } from "../api";

/** The key is masked wherever an answer repeats it. */
export function authorised({ credentials }: ApiSession): Pick<ApiRequest, "headers" | "secrets"> {
  const { key = "" } = credentials;
  return { headers: { authorization: `Bearer ${key}` }, secrets: [key] };
}
