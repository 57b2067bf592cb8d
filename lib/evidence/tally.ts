/** What the texts for providers name as examples, collected while the files are sent: of each a few, so that it stays small. */
import type { EvidenceItem } from "@/lib/db/functions/evidence";

const MOST_EXAMPLES = 20;

interface OfProvider {
  eventKeys: string[];
  requestIds: string[];
  rejections: Map<string, number>;
}

/** By provider. */
export type Tally = Map<string, OfProvider>;

export function newTally(): Tally {
  return new Map();
}

export function tallyItems(tally: Tally, items: readonly EvidenceItem[]): void {
  for (const { provider, identity } of items) keep(of(tally, provider).eventKeys, identity);
}

export function tallyRequest(tally: Tally, { provider, provider_request_id }: Record<string, unknown>): void {
  if (typeof provider_request_id === "string") keep(of(tally, String(provider)).requestIds, provider_request_id);
}

export function tallyRejection(tally: Tally, { provider, reason }: Record<string, unknown>): void {
  const { rejections } = of(tally, String(provider));
  rejections.set(String(reason), (rejections.get(String(reason)) ?? 0) + 1);
}

function of(tally: Tally, provider: string): OfProvider {
  const known = tally.get(provider) ?? { eventKeys: [], requestIds: [], rejections: new Map() };
  tally.set(provider, known);
  return known;
}

function keep(list: string[], example: string): void {
  if (list.length < MOST_EXAMPLES) list.push(example);
}
