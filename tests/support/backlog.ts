/** Thousands of dead forwards, made with the product's own SQL functions in a few statements. */
import { createHash } from "node:crypto";
import type postgres from "postgres";
import { chatwootEvent } from "../../lib/providers/chatwoot/sample";
import { bodyOf } from "../../lib/samples/ids";

/** Stores `count` Chatwoot events whose delivery to the Agent SDK is dead. Returns the sha256 of each body. */
export async function seedDeadForwards(sql: postgres.Sql, count: number): Promise<string[]> {
  const hashes: string[] = [];
  for (let from = 0; from < count; from += 1000) {
    const events = Array.from({ length: Math.min(1000, count - from) }, (_, n) => {
      const body = bodyOf({ ...chatwootEvent({ id: from + n }), sequence: from + n });
      const sha = createHash("sha256").update(body).digest("hex");
      hashes.push(sha);
      return {
        n,
        provider: "chatwoot",
        event_key: `seed-${from + n}`,
        event_type: "message_created",
        trust: "signed",
        parse_status: "ok",
        body: body.toString("base64"),
        fingerprint: sha,
        method: "POST",
        path: "/api/webhooks/chatwoot",
        headers: [["content-type", "application/json"]],
        content_type: "application/json",
      };
    });
    // One transaction, so that no worker claims them before they are dead.
    await sql.begin(async (tx) => {
      await tx`select accept_events(${tx.json(events)})`;
      await tx`
        update deliveries set status = 'dead', finished_at = now(), last_error_class = 'connection_refused',
          last_error = 'The agent was down.'
        where status = 'pending'`;
      await tx`select roll_up_events(array(select event_id from deliveries where status = 'dead' and attempt_count = 0))`;
    });
  }
  return hashes;
}
