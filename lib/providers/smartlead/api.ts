/**
 * Smartlead's API. It has no log of webhooks, but of each campaign the mails by the time they were sent, and of each lead the
 * history. And it sends failed webhooks again when it is asked. https://api.smartlead.ai/reference
 */
import { ApiFailure, type ApiSession, type Entry, listIn, type Page, type ProviderApi, type Window } from "../api";
import { asksFor, cursorOf, entriesWithin, refuseUnlisted } from "../reconstruct";
import { at, idFrom } from "../shape";
import { askSmartlead, listCampaigns } from "./campaigns";
import { type Campaign, leadIn, mailEntries, replyEntries } from "./mails";
import { smartleadConfiguration } from "./webhooks";

const LISTED = ["EMAIL_SENT", "EMAIL_BOUNCE", "LEAD_UNSUBSCRIBED", "EMAIL_REPLY"] as const;
const MAILS_PER_PAGE = 200;
const LEADS_PER_PAGE = 100;
/** Pages overlap by so many rows: what is deleted meanwhile moves the rest up. */
const OVERLAP = 10;
/** How many campaigns a cursor names. */
const BATCH = 8;
/** Sending again asks two requests for each campaign. */
const MOST_CAMPAIGNS = 500;

interface Cursor {
  /** Those to read, the current one first; read again from their list after `after` when none is left. */
  campaigns: Campaign[];
  list: "mails" | "replies";
  offset: number;
  after: string;
}

export const smartleadApi: ProviderApi = {
  coverage: {
    kind: "objects",
    proves:
      "Every mail that was sent in this time has its webhook here, and so have its bounce, the unsubscription of its lead, and every reply.",
    misses:
      "Opens and clicks, which Smartlead only counts, changes of categories and of campaigns, replies outside of campaigns, and what was deleted. Ask Smartlead to send again what failed: that includes them.",
  },
  waitSeconds: 900,
  lookbackSeconds: 300,
  rights: "The API key of the account: Settings > API keys. It may do everything, also send.",
  credentials: {
    api_key: {
      label: "API key",
      help: "Settings > API keys in Smartlead.",
      variable: "SMARTLEAD_API_KEY",
      isSecret: true,
    },
  },
  urlVariable: "SMARTLEAD_API_URL",
  url: () => "https://server.smartlead.ai/api/v1",
  // 60 in any minute.
  budget: { requests: 48, perSeconds: 60, burst: 10 },
  pairs: "logical_key",

  async list(session, window, cursor): Promise<Page> {
    refuseUnlisted(window, LISTED, "Smartlead");
    const lists = listsFor(window);
    const state = cursorOf<Cursor>(cursor, { campaigns: [], list: lists[0] as Cursor["list"], offset: 0, after: "0" });
    const [campaign, ...rest] = state.campaigns;
    if (campaign === undefined) return { entries: [], next: await nextBatch(session, window, state) };
    const { entries, isLast } = await (state.list === "mails" ? readMails : readReplies)(
      session,
      window,
      campaign,
      state.offset,
    );
    const perPage = state.list === "mails" ? MAILS_PER_PAGE : LEADS_PER_PAGE;
    const following = lists[lists.indexOf(state.list) + 1];
    const next: Cursor = !isLast
      ? { ...state, offset: state.offset + perPage - OVERLAP }
      : following !== undefined
        ? { ...state, list: following, offset: 0 }
        : { ...state, campaigns: rest, list: lists[0] as Cursor["list"], offset: 0 };
    return {
      entries: entriesWithin(window, entries),
      next: { ...next, campaigns: next.campaigns.map((one) => ({ ...one })) },
    };
  },

  async resend(session, window) {
    const span = spanOf(window);
    let asked: number | null = 0;
    for (const id of await campaignsToAsk(session, window)) {
      const failed = await failedOf(session, id, window);
      if (failed === 0) continue;
      await askSmartlead(session, `/campaigns/${id}/webhooks/retrigger-failed-events`, [], span);
      asked = asked === null || failed === undefined ? null : asked + failed;
    }
    return { asked };
  },

  async undelivered(session, window) {
    let sum: number | null = 0;
    for (const id of await campaignsToAsk(session, window)) {
      const failed = await failedOf(session, id, window);
      sum = sum === null || failed === undefined ? null : sum + failed;
    }
    return sum;
  },

  configuration: smartleadConfiguration,

  async test(session) {
    const answer = await askSmartlead(session, "/campaigns");
    listIn(Array.isArray(answer) ? answer : at(answer, "data"), "campaigns");
  },
};

function listsFor(window: Window): Cursor["list"][] {
  const mails = LISTED.slice(0, 3).some((type) => asksFor(window, type));
  return [...(mails ? (["mails"] as const) : []), ...(asksFor(window, "EMAIL_REPLY") ? (["replies"] as const) : [])];
}

async function nextBatch(session: ApiSession, window: Window, state: Cursor): Promise<Page["next"]> {
  const all = await listCampaigns(session, window.to);
  const campaigns = all.filter(({ id }) => Number(id) > Number(state.after)).slice(0, BATCH);
  const last = campaigns.at(-1);
  if (last === undefined) return null;
  return { ...state, campaigns: campaigns.map((one) => ({ ...one })), after: last.id };
}

interface Read {
  entries: Entry[];
  isLast: boolean;
}

async function readMails(session: ApiSession, window: Window, campaign: Campaign, offset: number): Promise<Read> {
  const answer = await askSmartlead(session, `/campaigns/${campaign.id}/statistics`, [
    ["offset", String(offset)],
    ["limit", String(MAILS_PER_PAGE)],
    // "Greater than": a millisecond earlier, so that the first one is not lost.
    ["sent_time_start_date", spaced(new Date(window.from.getTime() - 1))],
    ["sent_time_end_date", spaced(window.to)],
  ]);
  const rows = listIn(at(answer, "data"), "mails");
  return { entries: rows.flatMap((row) => mailEntries(campaign, row)), isLast: rows.length < MAILS_PER_PAGE };
}

/** Which leads had an event since a day, and their histories, which some answers have and others do not. */
async function readReplies(session: ApiSession, window: Window, campaign: Campaign, offset: number): Promise<Read> {
  const answer = await askSmartlead(session, `/campaigns/${campaign.id}/leads-statistics`, [
    ["limit", String(LEADS_PER_PAGE)],
    ["offset", String(offset)],
    ["event_time_gt", new Date(window.from.getTime() - 1).toISOString().slice(0, 10)],
  ]);
  const leads = listIn(at(answer, "data"), "leads");
  const entries: Entry[] = [];
  for (const lead of leads) {
    const email = leadIn(at(lead, "email")) ?? leadIn(at(lead, "lead_email")) ?? leadIn(at(lead, "lead", "email"));
    const history = at(lead, "history") ?? (await historyOf(session, campaign, lead));
    entries.push(...replyEntries(campaign, email, listIn(history, "mails and replies")));
  }
  const isLast = leads.length < LEADS_PER_PAGE || at(answer, "hasMore") === false;
  return { entries, isLast };
}

async function historyOf(session: ApiSession, campaign: Campaign, lead: unknown): Promise<unknown> {
  const id = idFrom(at(lead, "lead_id")) ?? idFrom(at(lead, "lead", "id")) ?? idFrom(at(lead, "id"));
  if (id === undefined) throw new ApiFailure("malformed", "Smartlead's answer has a lead without an id.");
  const path = `/campaigns/${campaign.id}/leads/${encodeURIComponent(id)}/message-history`;
  return at(await askSmartlead(session, path), "history");
}

/** `2026-11-29 10:33:02.000Z`, as its documentation writes times of this filter. */
function spaced(time: Date): string {
  return time.toISOString().replace("T", " ");
}

function spanOf({ from, to }: Window) {
  return { fromTime: from.toISOString(), toTime: to.toISOString() };
}

async function campaignsToAsk(session: ApiSession, { to }: Window): Promise<string[]> {
  const campaigns = await listCampaigns(session, to);
  if (campaigns.length > MOST_CAMPAIGNS) {
    throw new ApiFailure("refused", "There are too many campaigns to ask at once.");
  }
  return campaigns.map(({ id }) => id);
}

async function failedOf(session: ApiSession, campaign: string, window: Window): Promise<number | undefined> {
  const path = `/campaigns/${campaign}/webhooks/summary`;
  return failedIn(await askSmartlead(session, path, Object.entries(spanOf(window))));
}

/** Undefined when the summary does not say it: then it is asked to send again all the same. */
function failedIn(summary: unknown): number | undefined {
  const counts = at(summary, "data") ?? summary;
  const failed = at(counts, "failed_calls") ?? at(counts, "failed");
  return typeof failed === "number" ? failed : undefined;
}
