import type { ApiRequest, ApiSession } from "../api";

/** The token is masked wherever an answer repeats it. */
export function authorised({ credentials }: ApiSession): Pick<ApiRequest, "headers" | "secrets"> {
  const { token = "" } = credentials;
  return { headers: { authorization: `Bearer ${token}` }, secrets: [token] };
}

export function applicationPath({ credentials }: ApiSession): string {
  return `/api/v1/app/${encodeURIComponent(credentials.app ?? "")}`;
}
