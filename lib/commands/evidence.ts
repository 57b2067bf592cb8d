/** evidence: a person takes what is known of an incident along, as a signed bundle. Recorded before its first byte is sent. */
import { call } from "@/lib/db/client";
import { bundle } from "@/lib/evidence/bundle";
import { signingKey } from "@/lib/evidence/key";
import { readHead } from "@/lib/evidence/read";
import { Refusal } from "@/lib/refusals";
import { scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";
import { recordExport } from "./exports";

/** Throws a `Refusal` when the caller may see no such incident, or nothing can be signed. */
export async function takeEvidence(
  id: string,
  { payloads }: { payloads: boolean },
  by: ActorContext,
): Promise<{ id: string; stream: ReadableStream<Uint8Array> }> {
  const key = signingKey();
  const head = await readHead(id, by.actor);
  const onEnd = await recordExport({ action: "incident.export", subject: head.id, details: { payloads } }, by);
  const noted = await call("console", "note_evidence", {
    p_id: head.number,
    p_details: { payloads },
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  if (!noted) throw new Refusal("no_such_incident");
  const made = { at: new Date().toISOString(), by: by.actor.name, payloads };
  return { id: head.id, stream: bundle({ head, asker: by.actor, made }, key, onEnd) };
}
