/** The account's webhooks. Those of an API inbox or a bot have a secret and a place of their own, and are not listed here. */
import { type ApiSession, type Configuration, type ConfigurationProblem, listIn } from "../api";
import { isEndpoint } from "../reconstruct";
import { at } from "../shape";
import { keyOf } from "./messages";

const NEEDED = ["message_created", "message_updated", "conversation_created", "conversation_status_changed"] as const;

/** Only an administrator's token may read it. `path` is that of the account. */
export async function chatwootConfiguration(
  session: ApiSession,
  path: string,
  endpointUrl: string,
): Promise<Configuration> {
  const { json } = await session.ask({ path: `${path}/webhooks`, ...keyOf(session) });
  const webhooks = listIn(at(json, "payload", "webhooks"), "webhooks");
  const ours = webhooks.filter((webhook) => isEndpoint(at(webhook, "url"), endpointUrl));
  if (ours.length === 0) return { subscribedTypes: null, problems: [missing(endpointUrl)] };
  const types = ours.flatMap((webhook) => listIn(at(webhook, "subscriptions"), "subscriptions").map(String));
  const lacking = NEEDED.filter((type) => !types.includes(type));
  return {
    subscribedTypes: [...new Set(types)],
    problems: [
      ...(lacking.length > 0 ? [typesMissing(lacking)] : []),
      ...(ours.length > 1 ? [twice(ours.length)] : []),
    ],
  };
}

function missing(endpointUrl: string): ConfigurationProblem {
  return {
    code: "endpoint_missing",
    title: "The account has no webhook with this address.",
    wayOut: `In Chatwoot, open Settings > Integrations > Webhooks and add ${endpointUrl}. Then set its new secret here. Webhooks of API inboxes and bots are not listed: if you use only those, ignore this.`,
  };
}

function typesMissing(types: readonly string[]): ConfigurationProblem {
  const names = types.join(", ");
  return {
    code: "types_missing",
    title: `The webhook is not subscribed to ${names}.`,
    wayOut: `In Chatwoot, open Settings > Integrations > Webhooks, edit the webhook and select ${names}.`,
  };
}

function twice(count: number): ConfigurationProblem {
  return {
    code: "endpoint_repeated",
    title: `${count} webhooks of the account have this address, each with a secret of its own.`,
    wayOut: "Delete all but one in Settings > Integrations > Webhooks. Events that come more than once are kept once.",
  };
}
