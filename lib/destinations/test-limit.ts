/** How often a person or token may test endpoints: each test is written down, and counted from there. */
import { call } from "@/lib/db/client";
import { Problem } from "@/lib/errors";

const MOST_PER_MINUTE = 30;

export interface EndpointTestNote {
  actor: { id: string; name: string };
  requestId: string;
  /** What is tested: `https://example.com`, or a destination's id. */
  subject: string;
  merchantId?: string;
}

/** Writes the test down as the actor's. Throws a `Problem`, 429, when it would be one too many. */
export async function noteEndpointTest({ actor, requestId, subject, merchantId }: EndpointTestNote): Promise<void> {
  const noted = await call("console", "note_endpoint_test", {
    p_actor: actor.name,
    p_actor_id: actor.id,
    p_subject: subject,
    p_details: merchantId === undefined ? {} : { merchant_id: merchantId },
    p_request_id: requestId,
    p_most_per_minute: MOST_PER_MINUTE,
  });
  if (noted) return;
  throw new Problem({
    status: 429,
    title: "There were too many tests in the last minute.",
    detail: `At most ${MOST_PER_MINUTE} tests a minute are sent. Try again in a moment.`,
    headers: { "retry-after": "60" },
  });
}
