/** The received bytes of an incident's events, one file each, with secrets masked. A few MiB are held at a time. */
import { parseId } from "@/lib/contract/ids";
import { forgottenText } from "@/lib/contract/retention-words";
import { call } from "@/lib/db/client";
import type { EvidenceBody, EvidenceItem } from "@/lib/db/functions/evidence";
import { decoded } from "@/lib/pipeline/content";
import { shownBytes } from "@/lib/pipeline/mask";
import { findProvider } from "@/lib/providers";
import { type Scoped, scopeOf } from "@/lib/scope";
import type { BundleFile } from "./files";
import { eachItem } from "./read";

/** A zip file without its 64-bit extension has at most 4 GiB and 65,535 files. What is above this is named, not included. */
const MOST_BYTES = 2 * 1024 ** 3;
const MOST_FILES = 60_000;
/** Of one answer of the database. A larger body is read alone. */
const BYTES_AT_A_TIME = 8 * 1024 * 1024;
const MOST_AT_A_TIME = 100;

export async function* payloadFiles(incident: number, asker: Scoped): AsyncGenerator<BundleFile> {
  // An event may be two items: by its event key, and by its logical key.
  const seen = new Set<string>();
  const leftOut: string[] = [];
  const forgotten: string[] = [];
  let bytes = 0;
  for await (const page of eachItem(incident, asker)) {
    const items = page.filter(({ event_id }) => event_id !== null && !seen.has(event_id) && seen.add(event_id));
    for (const group of groups(items)) {
      bytes += group.reduce((sum, { body_size }) => sum + (body_size ?? 0), 0);
      if (bytes > MOST_BYTES || seen.size > MOST_FILES) {
        leftOut.push(...group.map(({ event_id }) => `${event_id}\n`));
        continue;
      }
      const p_event_ids = group.flatMap(({ event_id }) => parseId("event", event_id ?? "") ?? []);
      const bodies = await call("console", "read_evidence_bodies", { p_id: incident, p_event_ids, ...scopeOf(asker) });
      for (const body of bodies) {
        if (body.body_base64 === null)
          forgotten.push(`${body.event_id}: ${forgottenText(body.body_forgotten ?? { at: null, days: null })}\n`);
        else yield { name: `payloads/${body.event_id}`, parts: bytesOf(body, body.body_base64) };
      }
    }
  }
  if (forgotten.length > 0) yield { name: "payloads-deleted.txt", parts: inOrder(forgotten) };
  if (leftOut.length > 0) yield { name: "payloads-left-out.txt", parts: inOrder(leftOut) };
}

async function* inOrder(parts: readonly string[]) {
  yield* parts;
}

/** Items whose bodies are read together. */
function groups(items: readonly EvidenceItem[]): EvidenceItem[][] {
  const groups: EvidenceItem[][] = [];
  let bytes = 0;
  for (const item of items) {
    const size = item.body_size ?? 0;
    const group = groups.at(-1);
    if (group && group.length < MOST_AT_A_TIME && bytes + size <= BYTES_AT_A_TIME) group.push(item);
    else {
      groups.push([item]);
      bytes = 0;
    }
    bytes += size;
  }
  return groups;
}

async function* bytesOf({ provider_slug, content_encoding }: EvidenceBody, base64: string) {
  const received = Buffer.from(base64, "base64");
  const content = await decoded(received, content_encoding);
  yield shownBytes(received, content, findProvider(provider_slug) ?? { slug: provider_slug }).bytes;
}
