/** What a run of reconciliation found. */
import { parseId } from "@/lib/contract/ids";
import type { FindingDetail, FindingPage } from "@/lib/contract/reconciliations";
import type { FindingKind, FindingState } from "@/lib/contract/vocabulary";
import { call } from "@/lib/db/client";
import { maskSecrets } from "@/lib/pipeline/mask";
import { findProvider } from "@/lib/providers";
import { Refusal } from "@/lib/refusals";
import { type Scoped, scopeOf } from "@/lib/scope";
import { missing, type PageRequest, reconciliationNumber } from "./reconciliations";

/** A page shows no more of a body, as of an event's. */
const MOST_SHOWN_BYTES = 1024 * 1024;

/** Findings of a run, in the order they were found. Throws a `Refusal` when the caller may see no such run. */
export async function listFindings(
  id: string,
  { kind, state, limit, cursor }: PageRequest & { kind?: FindingKind; state?: FindingState },
  asker: Scoped,
): Promise<FindingPage> {
  const page = await call("console", "list_findings", {
    p_id: reconciliationNumber(id),
    p_kind: kind ?? null,
    p_state: state ?? null,
    p_limit: limit,
    p_after: cursor ?? null,
    ...scopeOf(asker),
  });
  return page ?? missing();
}

/** One finding of a run with its bytes, in which secrets are masked. Throws a `Refusal` when the caller may see none. */
export async function getFinding(id: string, findingId: string, asker: Scoped): Promise<FindingDetail> {
  const number = parseId("finding", findingId);
  const found = number === undefined ? null : await call("console", "get_finding", { p_id: number, ...scopeOf(asker) });
  if (!found || found.reconciliation_id !== `rc_${reconciliationNumber(id)}`) throw new Refusal("no_such_finding");
  const { body_base64, ...rest } = found;
  if (body_base64 === null) return { ...rest, body_base64, body_cut: false };
  const provider = findProvider(found.provider_slug) ?? { slug: found.provider_slug };
  const bytes = maskSecrets(Buffer.from(body_base64, "base64"), provider);
  return {
    ...rest,
    body_base64: bytes.toString("base64", 0, MOST_SHOWN_BYTES),
    body_cut: bytes.length > MOST_SHOWN_BYTES,
  };
}
