/**
 * The webhook subscriptions of the app whose token we have. Shopify deletes one after eight failed deliveries. It lists only
 * those that were made through its API: none of shopify.app.toml, and none of Settings > Notifications.
 * https://shopify.dev/docs/api/admin-graphql/latest/queries/webhookSubscriptions
 */
import { ApiFailure, type ApiSession, type Configuration, type ConfigurationProblem, listIn } from "../api";
import type { Json } from "../provider";
import { isEndpoint } from "../reconstruct";
import { at } from "../shape";
import { askShopify } from "./graphql";
import { readTopic } from "./settings";
import {
  filtered,
  lacksTime,
  missingTopics,
  noSubscription,
  SUBSCRIBE,
  type Subscription,
  withoutTime,
} from "./subscription-problems";

/** What the rows of orders and customers need: a subscription that was deleted is noticed by these. */
const NEEDED = ["orders/create", "orders/updated", "orders/delete", "customers/create", "customers/update"] as const;
/** An app has at most one per topic and address, and there are fewer topics. */
const PER_PAGE = 250;
const POINTS = 32;

/** The topics of all of the app's subscriptions, wherever they send to. */
export async function subscribedTopics(session: ApiSession): Promise<string[]> {
  return (await listSubscriptions(session)).map(({ topic }) => topic);
}

export async function shopifyConfiguration(session: ApiSession, endpointUrl: string): Promise<Configuration> {
  const all = await listSubscriptions(session);
  const ours = all.filter(({ uri }) => isEndpoint(uri, endpointUrl));
  if (ours.length === 0) return { subscribedTypes: null, problems: [noSubscription(endpointUrl)] };
  const topics = ours.map(({ topic }) => topic);
  const bound = session.settings.topic?.trim();
  const missing = bound ? [] : NEEDED.filter((topic) => !topics.includes(topic));
  return {
    subscribedTypes: topics,
    problems: [
      ...(missing.length > 0 ? [missingTopics(missing, endpointUrl)] : []),
      ...ours.filter(lacksTime).map(withoutTime),
      ...ours.filter(({ filter }) => filter).map(filtered),
    ],
  };
}

/** Subscribes to topics, or adds `updated_at` to the fields of a subscription. */
export async function repairSubscription(session: ApiSession, { repair }: ConfigurationProblem): Promise<void> {
  if (repair?.data === undefined) throw new ApiFailure("refused", "Shopify's API cannot repair this.");
  if (repair.id !== SUBSCRIBE) {
    await change(session, "webhookSubscriptionUpdate", UPDATE, { id: repair.id, input: repair.data });
    return;
  }
  const { topics, uri } = repair.data as { topics: string[]; uri: string };
  for (const topic of topics) {
    await change(session, "webhookSubscriptionCreate", CREATE, { topic, input: { uri, format: "JSON" } });
  }
}

const CREATE = `mutation Subscribe($topic: WebhookSubscriptionTopic!, $input: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $input) { userErrors { message } }
}`;
const UPDATE = `mutation Change($id: ID!, $input: WebhookSubscriptionInput!) {
  webhookSubscriptionUpdate(id: $id, webhookSubscription: $input) { userErrors { message } }
}`;

async function change(session: ApiSession, field: string, question: string, variables: Record<string, Json>) {
  const data = await askShopify(session, question, variables, MUTATION_POINTS);
  const [error] = listIn(at(data, field, "userErrors"), "errors");
  if (error !== undefined) throw new ApiFailure("refused", `Shopify says: ${String(at(error, "message"))}`);
}

/** What Shopify asks for any mutation. */
const MUTATION_POINTS = 10;

async function listSubscriptions(session: ApiSession): Promise<Subscription[]> {
  const question = `query Subscriptions { webhookSubscriptions(first: ${PER_PAGE}) {
    nodes { id topic uri includeFields filter } } }`;
  const data = await askShopify(session, question, {}, POINTS);
  return listIn(at(data, "webhookSubscriptions", "nodes"), "webhook subscriptions").map((node) => {
    const topic = readTopic(String(at(node, "topic")));
    const fields = at(node, "includeFields");
    return {
      id: String(at(node, "id")),
      topic: "value" in topic ? topic.value : String(at(node, "topic")),
      uri: String(at(node, "uri")),
      includeFields: Array.isArray(fields) ? fields.map(String) : [],
      filter: typeof at(node, "filter") === "string" ? (at(node, "filter") as string) : null,
    };
  });
}
