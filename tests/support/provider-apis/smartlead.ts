/**
 * Smartlead's API, as far as reconciliation asks it: campaigns, their mails (`statistics`), leads with their history,
 * webhooks, what became of them, and sending them again. The fields are those that integrators observed. The key is in the
 * query, and an answer to a wrong one repeats it.
 */
import { type FakeAnswer, type FakeRequest, type FakeServer, startFakeServer } from "./fake-server";

export interface SmartleadMail {
  stats_id: string;
  lead_email: string;
  sequence_number: number;
  sent_time: string | null;
  is_bounced: boolean;
  is_unsubscribed: boolean;
  [field: string]: unknown;
}

export interface SmartleadLead {
  lead_id: string;
  email: string;
  history: Record<string, unknown>[];
}

export interface SmartleadCampaign {
  id: number;
  name: string;
  status: string;
  created_at: string;
  mails: SmartleadMail[];
  leads: SmartleadLead[];
  webhooks: SmartleadWebhook[];
  /** How many of its webhooks failed. */
  failed: number;
  client_id: number | null;
}

export interface SmartleadWebhook {
  id: number;
  name: string;
  webhook_url: string;
  email_campaign_id: number | null;
  event_types: string[];
}

export interface SmartleadFake extends FakeServer {
  campaigns: SmartleadCampaign[];
  userWebhooks: SmartleadWebhook[];
  /** `campaign fromTime toTime` of each request to send again. */
  sentAgain: string[];
  key: string;
  /** Whether `leads-statistics` has the history of each lead. It is not documented. */
  givesHistory: boolean;
  losesList: boolean;
}

export async function startSmartlead(): Promise<SmartleadFake> {
  const server = await startFakeServer("x-request-id", (request) => answer(request));
  const fake: SmartleadFake = {
    ...server,
    campaigns: [],
    userWebhooks: [],
    sentAgain: [],
    key: "fake-smartlead-key_0123456789",
    givesHistory: true,
    losesList: false,
  };
  return fake;

  function answer(request: FakeRequest): FakeAnswer {
    const { path, query, method } = request;
    const given = query.get("api_key");
    if (given !== fake.key) return { status: 401, json: { message: `Invalid API key ${given}` } };
    if (path === "/campaigns") return { json: fake.losesList ? {} : fake.campaigns.map(printed) };
    if (path === "/webhooks") return { json: fake.userWebhooks };
    const [, id, rest = ""] = /^\/campaigns\/(\d+)\/(.+)$/.exec(path) ?? [];
    const campaign = fake.campaigns.find((one) => String(one.id) === id);
    if (campaign === undefined) return { status: 404, json: { message: "Campaign not found" } };
    if (rest === "statistics") return listMails(request, campaign);
    if (rest === "leads-statistics") return listLeads(request, campaign);
    if (rest === "webhooks") return { json: campaign.webhooks };
    if (rest === "webhooks/summary") {
      const calls = { total_calls: 10, successful_calls: 10 - campaign.failed, failed_calls: campaign.failed };
      return { json: { ok: true, data: calls } };
    }
    if (rest === "webhooks/retrigger-failed-events" && method === "POST") {
      const { fromTime, toTime } = JSON.parse(request.body) as Record<string, string>;
      fake.sentAgain.push(`${id} ${fromTime} ${toTime}`);
      return { json: { ok: true, message: "Failed events retrigger initiated", retrigger_id: "r1" } };
    }
    const [, lead] = /^leads\/([^/]+)\/message-history$/.exec(rest) ?? [];
    const found = campaign.leads.find(({ lead_id }) => lead_id === lead);
    return found ? { json: { history: found.history } } : { status: 404, json: { message: "Lead not found" } };
  }

  function listMails({ query }: FakeRequest, { mails }: SmartleadCampaign): FakeAnswer {
    const [from, to] = ["sent_time_start_date", "sent_time_end_date"].map((name) => Date.parse(query.get(name) ?? ""));
    const found = mails
      .filter(({ sent_time }) => {
        const at = Date.parse(sent_time ?? "");
        // "Greater than" and "less than".
        return !(at <= (from as number)) && !(at >= (to as number));
      })
      .sort((a, b) => (String(a.sent_time) < String(b.sent_time) ? -1 : 1));
    return { json: paged(query, found, "total_stats", 1000) };
  }

  function listLeads({ query }: FakeRequest, { leads }: SmartleadCampaign): FakeAnswer {
    const since = query.get("event_time_gt") ?? "";
    const found = leads.filter(({ history }) => history.some(({ time }) => String(time) > since));
    const shown = found.map((lead) => (fake.givesHistory ? lead : { lead_id: lead.lead_id, email: lead.email }));
    const { data, ...rest } = paged(query, shown, "total", 100);
    const [offset, limit] = [Number(query.get("offset") ?? 0), Number(query.get("limit") ?? 100)];
    return { json: { hasMore: shown.length > offset + limit, ...(data !== undefined && { data }), ...rest } };
  }

  function paged(query: URLSearchParams, items: readonly unknown[], total: string, most: number) {
    const offset = Number(query.get("offset") ?? 0);
    const limit = Math.min(most, Number(query.get("limit") ?? 100));
    const data = fake.losesList ? undefined : items.slice(offset, offset + limit);
    return { [total]: String(items.length), ...(data && { data }), offset, limit } as Record<string, unknown>;
  }
}

function printed({ mails: _, leads: __, webhooks: ___, failed: ____, ...campaign }: SmartleadCampaign) {
  return campaign;
}
