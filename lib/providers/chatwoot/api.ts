/**
 * Chatwoot's API. It has no log of webhooks, and sends most of them once: conversations are read by their latest activity,
 * with their messages, and contacts by their creation. Its source is public, and is where the numbers here come from:
 * app/finders/conversation_finder.rb, app/finders/message_finder.rb, contacts_controller.rb in chatwoot/chatwoot.
 */
import { ApiFailure, type ApiSession, type Entry, listIn, type Page, type ProviderApi, type Window } from "../api";
import { nextWalk, type Walk, walkSince } from "../newest-first";
import { asksFor, cursorOf, entriesWithin, refuseUnlisted } from "../reconstruct";
import { at } from "../shape";
import { keyOf, messagesSince } from "./messages";
import { contactEntry, conversationEntry, messageEntry, timeOf } from "./objects";
import { chatwootConfiguration } from "./webhooks";

const LISTED = ["message_created", "conversation_created", "contact_created"] as const;
const CONVERSATIONS_PER_PAGE = 25;
const CONTACTS_PER_PAGE = 15;

interface Cursor {
  list: "conversations" | "contacts";
  walk: Walk;
}

export const chatwootApi: ProviderApi = {
  coverage: {
    kind: "objects",
    proves:
      "Every message, every new conversation and every new contact of this time is here, in all inboxes that the token may read.",
    misses:
      "Changes of conversations, messages and contacts, typing, the widget, visitors without name, address or number, and what was deleted. A rebuilt message has its conversation as it is now.",
  },
  waitSeconds: 60,
  lookbackSeconds: 60,
  rights:
    "The access token of an administrator: Profile settings > Access token. The token of an agent works, too, but reads only the inboxes of that agent.",
  credentials: {
    base_url: {
      label: "Address",
      help: "The address of your Chatwoot. Default: https://app.chatwoot.com.",
      variable: "CHATWOOT_BASE_URL",
      isSecret: false,
      isOptional: true,
    },
    api_key: {
      label: "Access token",
      help: "Profile settings > Access token.",
      variable: "CHATWOOT_API_KEY",
      isSecret: true,
    },
    account_id: {
      label: "Account",
      help: "The number after /accounts/ in the address of any page.",
      variable: "CHATWOOT_ACCOUNT_ID",
      isSecret: false,
    },
  },
  urlVariable: "CHATWOOT_BASE_URL",
  url: ({ base_url: address }) => (address?.trim() || "https://app.chatwoot.com").replace(/\/+$/, ""),
  // 3,000 in any minute.
  budget: { requests: 2_950, perSeconds: 60, burst: 20 },
  pairs: "logical_key",

  async list(session, window, cursor): Promise<Page> {
    refuseUnlisted(window, LISTED, "Chatwoot");
    const { list, walk } = cursorOf<Cursor>(cursor, firstOf(window));
    const page = await (list === "conversations" ? readConversations : readContacts)(session, window, walk);
    return { entries: entriesWithin(window, page.entries), next: nextOf(window, list, page.walk) };
  },

  async get(session, id) {
    const [, kind, account = "", number] = /^(conversation|contact):(\d+):(\d+)$/.exec(id) ?? [];
    if (kind === undefined || account !== accountOf(session)) return undefined;
    const path = `${pathOf(session)}/${kind}s/${number}`;
    const answer = await session.ask({ path, ...keyOf(session) }).catch((failure: unknown) => {
      if (failure instanceof ApiFailure && failure.kind === "not_found") return undefined;
      throw failure;
    });
    if (answer === undefined) return undefined;
    return kind === "contact"
      ? contactEntry(account, at(answer.json, "payload"))
      : conversationEntry(account, answer.json);
  },

  configuration: (session, endpointUrl) => chatwootConfiguration(session, pathOf(session), endpointUrl),

  async test(session) {
    const { json } = await session.ask({ path: "/api/v1/profile", ...keyOf(session) });
    const accounts = listIn(at(json, "accounts"), "accounts");
    const account = accounts.find((one) => String(at(one, "id")) === accountOf(session));
    if (account === undefined) throw new ApiFailure("refused", "The token's user is not in this account.");
    if (at(account, "role") !== "administrator") {
      throw new ApiFailure("forbidden", "The token belongs to an agent, who does not see every inbox.");
    }
  },
};

function firstOf(window: Window): Cursor {
  const list = asksForConversations(window) ? "conversations" : "contacts";
  return { list, walk: walkSince(window.from) };
}

function nextOf(window: Window, list: Cursor["list"], walk: Walk | null): Page["next"] {
  if (walk !== null) return { list, walk: { ...walk } };
  const isLast = list === "contacts" || !asksFor(window, "contact_created");
  return isLast ? null : { list: "contacts", walk: { ...walkSince(window.from) } };
}

function asksForConversations(window: Window): boolean {
  return asksFor(window, "message_created") || asksFor(window, "conversation_created");
}

interface Read {
  entries: Entry[];
  walk: Walk | null;
}

/** All of them: without `status` Chatwoot lists open ones only. A conversation created in the window was active since. */
async function readConversations(session: ApiSession, window: Window, walk: Walk): Promise<Read> {
  const account = accountOf(session);
  const query = [
    ["status", "all"],
    ["assignee_type", "all"],
    ["sort_by", "last_activity_at_desc"],
    ["page", String(walk.page + 1)],
  ] as const;
  const { json } = await session.ask({ path: `${pathOf(session)}/conversations`, query, ...keyOf(session) });
  const conversations = listIn(at(json, "data", "payload"), "conversations");
  const times = conversations.map((one) => Date.parse(timeOf(one, "last_activity_at")));
  const entries: Entry[] = [];
  for (const [index, conversation] of conversations.entries()) {
    if ((times[index] as number) < walk.since) continue;
    entries.push(conversationEntry(account, conversation));
    if (!asksFor(window, "message_created")) continue;
    const path = `${pathOf(session)}/conversations/${String(at(conversation, "id"))}`;
    const messages = await messagesSince(session, path, window.from);
    entries.push(...messages.flatMap((message) => messageEntry(account, conversation, message) ?? []));
  }
  const count = countIn(at(json, "data", "meta", "all_count"));
  return { entries, walk: nextWalk(walk, times, count, conversations.length < CONVERSATIONS_PER_PAGE) };
}

async function readContacts(session: ApiSession, _window: Window, walk: Walk): Promise<Read> {
  const query = [
    ["sort", "-created_at"],
    ["include_contact_inboxes", "false"],
    ["page", String(walk.page + 1)],
  ] as const;
  const { json } = await session.ask({ path: `${pathOf(session)}/contacts`, query, ...keyOf(session) });
  const contacts = listIn(at(json, "payload"), "contacts");
  const times = contacts.map((contact) => Date.parse(timeOf(contact, "created_at")));
  const entries = contacts.map((contact) => contactEntry(accountOf(session), contact));
  const count = countIn(at(json, "meta", "count"));
  return { entries, walk: nextWalk(walk, times, count, contacts.length < CONTACTS_PER_PAGE) };
}

function countIn(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function accountOf({ credentials }: ApiSession): string {
  return credentials.account_id?.trim() ?? "";
}

function pathOf(session: ApiSession): string {
  return `/api/v1/accounts/${encodeURIComponent(accountOf(session))}`;
}
