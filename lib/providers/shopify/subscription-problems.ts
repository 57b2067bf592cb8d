/** What can be wrong with the subscriptions of a shop's app, and how each problem is repaired. */
import type { ConfigurationProblem } from "../api";

export interface Subscription {
  id: string;
  /** As headers write it: `orders/create`. */
  topic: string;
  uri: string;
  includeFields: string[];
  filter: string | null;
}

export const SUBSCRIBE = "subscribe";

/** No subscription sends to this endpoint. */
export function noSubscription(endpointUrl: string): ConfigurationProblem {
  return {
    code: "endpoint_missing",
    title: "The app has no webhook subscription for this address that was made through Shopify's API.",
    wayOut: `Check whether its webhooks are in shopify.app.toml or under Settings > Notifications, which the API does not list. Else create them for ${endpointUrl}: Shopify deletes a subscription after eight failed deliveries.`,
  };
}

/** Topics that rows need and the app is not subscribed to. */
export function missingTopics(topics: readonly string[], endpointUrl: string): ConfigurationProblem {
  const names = topics.join(", ");
  const inputs = topics.map((topic) => topic.replace("/", "_").toUpperCase());
  return {
    code: "types_missing",
    title: `The app is not subscribed to ${names}.`,
    wayOut: "Subscribe to those that you need. Shopify deletes a subscription after eight failed deliveries.",
    repair: { id: SUBSCRIBE, what: `Subscribe to ${names}`, data: { topics: inputs, uri: endpointUrl } },
  };
}

/** Without the time, two states of one object may have equal bytes, and Shopify drops the second as a duplicate. */
export function lacksTime({ topic, includeFields }: Subscription): boolean {
  const isState = /\/(?:create|updated?)$/.test(topic);
  return isState && includeFields.length > 0 && !includeFields.includes("updated_at");
}

/** A subscription whose events lack the time of their state. */
export function withoutTime({ id, topic, includeFields }: Subscription): ConfigurationProblem {
  const fields = [...includeFields, "updated_at"];
  return {
    code: "include_fields",
    title: `The subscription to ${topic} includes only ${includeFields.join(", ")}, without updated_at.`,
    wayOut: "Add updated_at to its includeFields. Without it Shopify drops changes whose bodies are equal.",
    repair: { id, what: `Add updated_at to ${topic}`, data: { includeFields: fields } },
  };
}

/** A subscription that sends only a part of its events. */
export function filtered({ topic, filter }: Subscription): ConfigurationProblem {
  return {
    code: "filtered",
    title: `The subscription to ${topic} has a filter: ${filter}.`,
    wayOut:
      "Objects that do not match it are never sent, and a run reports them as missing. Remove the filter, or expect that.",
  };
}
