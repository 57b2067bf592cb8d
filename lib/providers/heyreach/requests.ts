/** Requests to HeyReach's public API, all with its key in a header. */
import { type ApiSession, listIn } from "../api";
import { firstId } from "../outreach-rows";
import type { Json } from "../provider";
import { at } from "../shape";
import type { Campaign } from "./objects";

export const MOST_PER_PAGE = 100;
/** Longer names are cut, because a run stores the campaigns it is reading. */
const LONGEST_NAME = 100;

/** The parsed answer. */
export async function askHeyreach(session: ApiSession, path: string, json?: Json): Promise<unknown> {
  const { api_key: key = "" } = session.credentials;
  const answer = await session.ask({
    ...(json !== undefined && { method: "POST", json }),
    path,
    headers: { "X-API-KEY": key },
    secrets: [key],
  });
  return answer.json;
}

/** One page of all campaigns, whatever their status. */
export async function listCampaigns(session: ApiSession, offset: number, limit: number): Promise<Campaign[]> {
  const answer = await askHeyreach(session, "/campaign/GetAll", { offset, limit });
  return listIn(at(answer, "items"), "campaigns").flatMap((campaign) => {
    const id = firstId(at(campaign, "id"));
    if (id === undefined) return [];
    const [name, status] = ["name", "status"].map((field) => String(at(campaign, field) ?? "").slice(0, LONGEST_NAME));
    return [{ id, name, status } as Campaign];
  });
}

export interface Webhook {
  id: string;
  url: unknown;
  /** As webhooks name it: `message_sent`. */
  type: string;
  name: string;
  isActive: boolean;
  campaigns: Json[];
}

export async function listWebhooks(session: ApiSession): Promise<Webhook[]> {
  const found: Webhook[] = [];
  for (let offset = 0; ; offset += MOST_PER_PAGE) {
    const answer = await askHeyreach(session, "/webhooks/GetAllWebhooks", { offset, limit: MOST_PER_PAGE });
    const page = listIn(at(answer, "items"), "webhooks");
    found.push(...page.map(webhookIn));
    if (page.length < MOST_PER_PAGE) return found;
  }
}

function webhookIn(webhook: unknown): Webhook {
  const campaigns = at(webhook, "campaignIds");
  return {
    id: String(at(webhook, "id")),
    url: at(webhook, "webhookUrl"),
    type: String(at(webhook, "eventType")).toLowerCase(),
    name: String(at(webhook, "webhookName") ?? at(webhook, "id")),
    isActive: at(webhook, "isActive") !== false,
    campaigns: Array.isArray(campaigns) ? (campaigns as Json[]) : [],
  };
}
