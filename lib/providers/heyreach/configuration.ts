/** HeyReach has one webhook per event type. A failing one may be switched off; two with one address send everything twice. */
import { ApiFailure, type ApiSession, type Configuration, type ConfigurationProblem } from "../api";
import { isEndpoint } from "../reconstruct";
import { askHeyreach, listWebhooks, type Webhook } from "./requests";

const NEEDED = ["connection_request_accepted", "every_message_reply_received"] as const;

export async function heyreachConfiguration(session: ApiSession, endpointUrl: string): Promise<Configuration> {
  const ours = (await listWebhooks(session)).filter(({ url }) => isEndpoint(url, endpointUrl));
  if (ours.length === 0) return { subscribedTypes: null, problems: [noWebhook()] };
  const active = ours.filter(({ isActive }) => isActive);
  const types = [...new Set(active.map(({ type }) => type))];
  const bound = session.settings.event_type?.trim();
  const missing = bound ? [] : NEEDED.filter((type) => !types.includes(type));
  return {
    subscribedTypes: types,
    problems: [
      ...ours.filter(({ isActive }) => !isActive).map(switchedOff),
      ...(missing.length > 0 ? [typesMissing(missing, ours)] : []),
      ...active.filter(({ campaigns }) => campaigns.length > 0).map(someCampaigns),
      ...types.filter((type) => active.filter((webhook) => webhook.type === type).length > 1).map(twice),
    ],
  };
}

/** Makes a webhook per event type, with the address of those that are there. */
export async function subscribe(session: ApiSession, { repair }: ConfigurationProblem): Promise<void> {
  if (repair?.data === undefined) throw new ApiFailure("refused", "HeyReach's API cannot repair this.");
  const { types, like } = repair.data as { types: string[]; like: string };
  const webhookUrl = (await listWebhooks(session)).find(({ id }) => id === like)?.url;
  if (typeof webhookUrl !== "string")
    throw new ApiFailure("refused", "The webhook whose address was to be used is gone.");
  for (const type of types) {
    const webhook = {
      webhookName: type.slice(0, LONGEST_NAME),
      webhookUrl,
      eventType: type.toUpperCase(),
      campaignIds: [],
    };
    await askHeyreach(session, "/webhooks/CreateWebhook", webhook);
  }
}

/** HeyReach's own limit. */
const LONGEST_NAME = 25;

function noWebhook(): ConfigurationProblem {
  return {
    code: "endpoint_missing",
    title: "The workspace has no webhook with this address.",
    wayOut:
      "In HeyReach, open Integrations > Webhooks and create one per event type with the whole address, token included.",
  };
}

function switchedOff({ name, type }: Webhook): ConfigurationProblem {
  return {
    code: "endpoint_disabled",
    title: `The webhook "${name}" for ${type} is switched off.`,
    wayOut: "Switch it on in Integrations > Webhooks.",
  };
}

function typesMissing(types: readonly string[], [first]: readonly Webhook[]): ConfigurationProblem {
  const names = types.join(", ");
  return {
    code: "types_missing",
    title: `No active webhook takes ${names}.`,
    wayOut: "Create one for each in Integrations > Webhooks, with the same address.",
    repair: {
      id: "subscribe",
      what: `Create a webhook for each of ${names}`,
      // Not its address, which has the token.
      data: { types: [...types], like: first?.id ?? "" },
    },
  };
}

function someCampaigns({ name, campaigns }: Webhook): ConfigurationProblem {
  return {
    code: "some_campaigns",
    title: `The webhook "${name}" sends only of ${campaigns.length} of the campaigns.`,
    wayOut: "Choose all campaigns for it, or expect that a run reports the others as missing.",
  };
}

function twice(type: string): ConfigurationProblem {
  return {
    code: "endpoint_repeated",
    title: `Two webhooks with this address take ${type}: HeyReach sends each event twice.`,
    wayOut: "Delete one of them in Integrations > Webhooks.",
  };
}
