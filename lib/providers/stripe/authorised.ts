import type { ApiRequest, ApiSession } from "../api";

/** The key is masked wherever an answer repeats it, as Stripe does in the message about an invalid one. */
export function authorised({ credentials }: ApiSession): Pick<ApiRequest, "headers" | "secrets"> {
  const { key = "" } = credentials;
  return { headers: { authorization: `Bearer ${key}` }, secrets: [key] };
}
