/** Pages of Shopify's lists: what was created or changed in a window, and what was deleted, each as the webhook of it. */
import { ApiFailure, type ApiSession, type Entry, listIn, type Window } from "../api";
import { webhookOf } from "../reconstruct";
import { at, isoFrom } from "../shape";
import { API_VERSION, askShopify, MOST_OBJECTS, TooManyObjects } from "./graphql";
import { digitsOf, KINDS, type Kind, numberOf, stateKey } from "./objects";
import { shopIn } from "./settings";

/**
 * What a question is taken to cost: an eighth of the objects that it may return. Shopify prices long lists much lower than one
 * point for each: 250 variants with an item each were 25 points.
 * https://community.shopify.dev/t/unexpectedly-low-graphql-query-cost-in-shopify-admin-api-seeking-clarification/23101
 */
const pointsOf = (objects: number) => Math.ceil(objects / 8);

/** A new order is finished within seconds, and its webhooks have any of their times. */
const SETTLED_MS = 10_000;

/**
 * The webhook of a state is sent so much after its change. Of two states of one second, which only the sending time tells apart, the
 * one remains that Shopify has now. See `stateVersion` in rows.ts.
 */
const SENT_AFTER_MS = 60_000;

export type KindName = keyof typeof KINDS;
export type List = `${KindName}.created` | `${KindName}.updated` | "deleted";

export interface ObjectPage {
  entries: Entry[];
  /** How many objects the page had. */
  objects: number;
  /** Where the next page begins. */
  end: string | null;
}

/** Closed and cancelled orders, too: see `status:any`. Counted before the first page, so that a long list is split at once. */
export function readObjects(name: Exclude<List, "deleted">) {
  const [kindName, part] = name.split(".") as [KindName, "created" | "updated"];
  const kind = KINDS[kindName];
  const field = part === "created" ? kind.created.filter : "updated_at";
  const sortKey = part === "created" ? "CREATED_AT" : "UPDATED_AT";
  // The customers' filter may match whole days, so their number says nothing about the window.
  const isCounted = kindName !== "customers";
  const question = `query List($query: String!, $after: String${isCounted ? ", $isFirst: Boolean!" : ""}) {
    ${kind.list}(first: ${kind.pageSize}, after: $after, query: $query, sortKey: ${sortKey}) {
      nodes { ${kind.fields} } pageInfo { hasNextPage endCursor } }
    ${isCounted ? `${kind.list}Count(query: $query, limit: ${MOST_OBJECTS + 1}) @include(if: $isFirst) { count }` : ""}
  }`;
  return async (session: ApiSession, window: Window, after: string | null): Promise<ObjectPage> => {
    const query = `${spanOf(field, window)}${kindName === "orders" ? " AND status:any" : ""}`;
    const variables = { query, after, ...(isCounted && { isFirst: after === null }) };
    const data = await askShopify(session, question, variables, pointsOf(kind.pageSize * kind.objectsEach));
    if (Number(at(data, `${kind.list}Count`, "count") ?? 0) > MOST_OBJECTS) throw new TooManyObjects();
    const nodes = listIn(at(data, kind.list, "nodes"), kind.list);
    const entries = nodes.flatMap((node) => {
      if (part === "created") return [creation(session, kind, node)];
      const sinceCreation = Date.parse(timeOf(node, "updatedAt")) - Date.parse(timeOf(node, "createdAt"));
      return sinceCreation <= SETTLED_MS ? [] : [newestState(session, kind, node)];
    });
    return { entries, objects: nodes.length, end: endOf(at(data, kind.list, "pageInfo")) };
  };
}

const SUBJECTS: Readonly<Record<string, KindName>> = { ORDER: "orders", CUSTOMER: "customers", PRODUCT: "products" };
const DELETED_PER_PAGE = 250;

export async function readDeleted(session: ApiSession, window: Window, after: string | null): Promise<ObjectPage> {
  const question = `query Deleted($query: String!, $after: String) {
    events(first: ${DELETED_PER_PAGE}, after: $after, query: $query, sortKey: CREATED_AT) {
      nodes { action createdAt ... on BasicEvent { subjectId subjectType } } pageInfo { hasNextPage endCursor } }
  }`;
  const query = `${spanOf("created_at", window)} AND action:destroy`;
  const data = await askShopify(session, question, { query, after }, pointsOf(DELETED_PER_PAGE));
  const nodes = listIn(at(data, "events", "nodes"), "events");
  const entries = nodes.flatMap((node) => {
    const kind = KINDS[SUBJECTS[String(at(node, "subjectType"))] as KindName] as Kind | undefined;
    const id = digitsOf(at(node, "subjectId"));
    if (kind === undefined || id === undefined || at(node, "action") !== "destroy") return [];
    const topic = kind.deletedTopic;
    return [entryOf(session, topic, `${topic}:${id}`, id, timeOf(node, "createdAt"), { id: numberOf(id) })];
  });
  return { entries, objects: nodes.length, end: endOf(at(data, "events", "pageInfo")) };
}

/** The search knows whole seconds. What it returns too much is left out afterwards. */
function spanOf(field: string, { from, to }: Window): string {
  const end = new Date(Math.ceil(to.getTime() / 1_000) * 1_000);
  return `${field}:>='${secondOf(from)}' AND ${field}:<'${secondOf(end)}'`;
}

function secondOf(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

export function creation(session: ApiSession, kind: Kind, object: unknown): Entry {
  const id = idOf(object);
  const { topic } = kind.created;
  return entryOf(session, topic, `${topic}:${id}`, id, timeOf(object, "createdAt"), kind.bodyOf(object));
}

export function newestState(session: ApiSession, kind: Kind, object: unknown): Entry {
  const [id, updatedAt] = [idOf(object), timeOf(object, "updatedAt")];
  const { topic } = kind.updated;
  return entryOf(session, topic, stateKey(topic, id, updatedAt), id, updatedAt, kind.bodyOf(object));
}

/** The headers name the event by its logical key, so that `identify` returns it as the event's key. */
function entryOf(
  session: ApiSession,
  topic: string,
  logicalKey: string,
  id: string,
  occurredAt: string,
  body: Parameters<typeof webhookOf>[0],
): Entry {
  const [kind = ""] = topic.split("/");
  return {
    logicalKey,
    eventType: topic,
    objectId: `${kind.replace(/s$/, "")}:${id}`,
    occurredAt,
    origin: "reconstructed",
    webhook: webhookOf(body, [
      ["X-Shopify-Topic", topic],
      ["X-Shopify-Shop-Domain", shopIn(session.credentials.shop)],
      ["X-Shopify-API-Version", API_VERSION],
      ["X-Shopify-Event-Id", logicalKey.slice(topic.length + 1)],
      ["X-Shopify-Triggered-At", topic.endsWith("/delete") ? occurredAt : sentAfter(occurredAt)],
    ]),
  };
}

function sentAfter(time: string): string {
  return new Date(Date.parse(time) + SENT_AFTER_MS).toISOString();
}

function idOf(object: unknown): string {
  const id = digitsOf(at(object, "id"));
  if (id === undefined) throw new ApiFailure("malformed", "Shopify's answer has an object without an id.");
  return id;
}

function timeOf(object: unknown, field: string): string {
  const time = isoFrom(at(object, field));
  if (time === undefined) throw new ApiFailure("malformed", `Shopify's answer has an object without ${field}.`);
  return time;
}

function endOf(pageInfo: unknown): string | null {
  const end = at(pageInfo, "endCursor");
  if (at(pageInfo, "hasNextPage") === false) return null;
  if (typeof end !== "string")
    throw new ApiFailure("malformed", "Shopify's answer does not say where its next page begins.");
  return end;
}
