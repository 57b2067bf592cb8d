/**
 * HeyReach's public API. It has no log of webhooks: of each campaign the leads by their last action, the conversations by
 * their newest message, and how much of everything per day. https://documenter.getpostman.com/view/23808049/2sA2xb5F75
 */
import { type ApiSession, type Entry, listIn, type Page, type ProviderApi, type Window } from "../api";
import { nextWalk, type Walk, walkSince } from "../newest-first";
import { asksFor, boundTo, cursorOf, entriesWithin, isWithin, refuseUnlisted } from "../reconstruct";
import { at, timeFrom } from "../shape";
import { heyreachConfiguration, subscribe } from "./configuration";
import { COUNTED, countsOf, isWholeDays } from "./counts";
import { type Campaign, connectionEntry, LISTED, REPLY_TYPES, replyEntries } from "./objects";
import { askHeyreach, listCampaigns, listWebhooks, MOST_PER_PAGE } from "./requests";

/** How many campaigns a cursor names. */
const BATCH = 8;
/** Pages overlap by so many rows: what is removed meanwhile moves the rest up. */
const OVERLAP = 10;

interface Cursor {
  /** Those to read, the current one first. */
  campaigns: Campaign[];
  /** Where the next of them are read from; null after the last. */
  nextCampaigns: number | null;
  list: "leads" | "conversations";
  offset: number;
  walk: Walk;
  /** The types of replies to expect: HeyReach has two, and sends those that it was told to. */
  replies: string[];
}

export const heyreachApi: ProviderApi = {
  coverage: {
    kind: "objects",
    proves:
      "Every lead of a campaign that was active in this time has the webhook of its connection here, and every reply that its conversation shows is here. Over whole UTC days, messages, InMails, follows, likes and views are compared by their number.",
    misses:
      "Single messages, InMails, follows, likes and views, changes of tags, the end of campaigns, and an invitation that was accepted meanwhile. The time of a connection is that of the lead's last action.",
  },
  waitSeconds: 900,
  lookbackSeconds: 300,
  rights: "The API key of the workspace: Integrations > HeyReach API. It may do everything, also send.",
  credentials: {
    api_key: {
      label: "API key",
      help: "Integrations > HeyReach API.",
      variable: "HEYREACH_API_KEY",
      isSecret: true,
    },
  },
  urlVariable: "HEYREACH_API_URL",
  url: () => "https://api.heyreach.io/api/public",
  // 300 in any minute.
  budget: { requests: 285, perSeconds: 60, burst: 10 },
  pairs: "logical_key",

  async list(session, whole, cursor): Promise<Page> {
    const window = boundTo(whole, session.settings.event_type);
    refuseUnlisted(window, [...LISTED, ...(isWholeDays(daysOf(window)) ? COUNTED : [])], "HeyReach");
    if (cursor === null) return begin(session, window);
    const state = cursorOf<Cursor | null>(cursor, null) as Cursor;
    const [campaign] = state.campaigns;
    if (campaign === undefined) return { entries: [], next: await nextBatch(session, window, state) };
    const page = await (state.list === "leads" ? readLeads : readConversations)(session, window, campaign, state);
    return { entries: entriesWithin(window, page.entries), next: stored(page.next) };
  },

  configuration: heyreachConfiguration,
  repair: subscribe,

  async test(session) {
    await askHeyreach(session, "/auth/CheckApiKey");
  },
};

async function begin(session: ApiSession, window: Window): Promise<Page> {
  const isNamed = window.types !== undefined;
  const active = isNamed
    ? []
    : (await listWebhooks(session)).filter(({ isActive }) => isActive).map(({ type }) => type);
  const expected = REPLY_TYPES.filter((type) => (isNamed ? asksFor(window, type) : active.includes(type)));
  const counts = isWholeDays(daysOf(window)) ? await countsOf(session, daysOf(window)) : undefined;
  const replies = expected.length > 0 || isNamed ? expected : REPLY_TYPES.slice(0, 1);
  const isListed = LISTED.some((type) => asksFor(window, type));
  const first = { campaigns: [], nextCampaigns: 0, list: "leads", offset: 0, walk: walkSince(window.from), replies };
  return { entries: [], next: isListed ? stored(first as Cursor) : null, ...(counts && { counts }) };
}

/** What is counted: without the overlap, which would make it more than whole days. */
function daysOf(window: Window): Window {
  return { ...window, ...window.counted };
}

async function nextBatch(session: ApiSession, window: Window, state: Cursor): Promise<Page["next"]> {
  if (state.nextCampaigns === null) return null;
  const campaigns = await listCampaigns(session, state.nextCampaigns, BATCH);
  if (campaigns.length === 0) return null;
  const nextCampaigns = campaigns.length < BATCH ? null : state.nextCampaigns + BATCH;
  return stored({ ...state, campaigns, nextCampaigns, ...firstOf(window, state) });
}

/** The beginning of a campaign: its leads, where their connections are asked for. */
function firstOf(window: Window, { replies }: Cursor): Pick<Cursor, "list" | "offset" | "walk"> {
  const connections = LISTED.some((type) => type.startsWith("connection") && asksFor(window, type));
  return {
    list: connections || replies.length === 0 ? "leads" : "conversations",
    offset: 0,
    walk: walkSince(window.from),
  };
}

interface Read {
  entries: Entry[];
  next: Cursor | null;
}

async function readLeads(session: ApiSession, window: Window, campaign: Campaign, state: Cursor): Promise<Read> {
  const answer = await askHeyreach(session, "/campaign/GetLeadsFromCampaign", {
    campaignId: Number(campaign.id),
    offset: state.offset,
    limit: MOST_PER_PAGE,
    timeFrom: window.from.toISOString(),
    timeTo: window.to.toISOString(),
    timeFilter: "LastActionTakenTime",
  });
  const leads = listIn(at(answer, "items"), "leads");
  const entries = leads.flatMap((lead) => connectionEntry(campaign, lead) ?? []);
  if (leads.length === MOST_PER_PAGE) {
    return { entries, next: { ...state, offset: state.offset + MOST_PER_PAGE - OVERLAP } };
  }
  const next: Cursor = { ...state, list: "conversations", offset: 0 };
  return { entries, next: state.replies.length > 0 ? next : afterCampaign(window, state) };
}

/** Read and unread ones. Only those of the campaign, because a conversation does not name it. */
async function readConversations(
  session: ApiSession,
  window: Window,
  campaign: Campaign,
  state: Cursor,
): Promise<Read> {
  const answer = await askHeyreach(session, "/inbox/GetConversationsV2", {
    filters: { linkedInAccountIds: [], campaignIds: [Number(campaign.id)], searchString: "", seen: null },
    offset: state.walk.page * MOST_PER_PAGE,
    limit: MOST_PER_PAGE,
  });
  const conversations = listIn(at(answer, "items"), "conversations");
  const times = conversations.map((one) => Date.parse(timeFrom(at(one, "lastMessageAt")) ?? ""));
  const entries: Entry[] = [];
  for (const [index, conversation] of conversations.entries()) {
    // One without a time is read: it may be new.
    if ((times[index] as number) < state.walk.since) continue;
    const messages = await messagesOf(session, window, conversation);
    const replies = replyEntries(campaign, conversation, messages);
    entries.push(...replies.filter(({ eventType }) => state.replies.includes(eventType)));
  }
  const count = at(answer, "totalCount");
  const walk = nextWalk(
    state.walk,
    times.filter((time) => !Number.isNaN(time)),
    typeof count === "number" ? count : null,
    conversations.length < MOST_PER_PAGE,
  );
  return { entries, next: walk === null ? afterCampaign(window, state) : { ...state, walk } };
}

/** The list may have only the latest messages: all are asked for where a reply of the window could be missing. */
async function messagesOf(session: ApiSession, window: Window, conversation: unknown): Promise<unknown[]> {
  const given = listIn(at(conversation, "messages"), "messages");
  const isWhole = given.length >= Number(at(conversation, "totalMessages") ?? given.length);
  const times = given.map((message) => timeFrom(at(message, "createdAt")));
  if (isWhole || !times.some((time) => isWithin(window, time))) return given;
  const account = String(at(conversation, "linkedInAccountId") ?? at(conversation, "linkedInAccount", "id"));
  const path = `/inbox/GetChatroom/${encodeURIComponent(account)}/${encodeURIComponent(String(at(conversation, "id")))}`;
  return listIn(at(await askHeyreach(session, path), "messages"), "messages");
}

function afterCampaign(window: Window, state: Cursor): Cursor | null {
  const campaigns = state.campaigns.slice(1);
  if (campaigns.length === 0 && state.nextCampaigns === null) return null;
  return { ...state, campaigns, ...firstOf(window, state) };
}

function stored(state: Cursor | null): Page["next"] {
  return state && { ...state, campaigns: state.campaigns.map((one) => ({ ...one })), walk: { ...state.walk } };
}
