/**
 * Smartlead's webhooks belong to a campaign, to a client or to the whole user. One of the user silences those of campaigns for
 * the same types: it sends, and they do not.
 */
import { ApiFailure, type ApiSession, type Configuration, type ConfigurationProblem, listIn } from "../api";
import { isEndpoint } from "../reconstruct";
import { at } from "../shape";
import { askSmartlead, listCampaigns } from "./campaigns";

const NEEDED = ["EMAIL_SENT", "EMAIL_REPLY", "EMAIL_BOUNCE", "LEAD_UNSUBSCRIBED"] as const;
/** Of many campaigns only the newest are asked, one request each. */
const MOST_CAMPAIGNS = 20;
const ENDED: ReadonlySet<string> = new Set(["COMPLETED", "STOPPED", "DRAFTED", "ARCHIVED"]);

interface Webhook {
  url: unknown;
  types: string[];
  name: string;
}

export async function smartleadConfiguration(session: ApiSession, endpointUrl: string): Promise<Configuration> {
  const users = await userWebhooks(session);
  const campaigns = (await listCampaigns(session, session.now())).filter(({ status }) => !ENDED.has(status));
  const without: string[] = [];
  const lists: string[][] = [];
  const ofUser = ourTypes(users, endpointUrl);
  for (const { id, name } of campaigns.slice(-MOST_CAMPAIGNS)) {
    const own = webhooksIn(await askSmartlead(session, `/campaigns/${id}/webhooks`));
    const types = [...ofUser, ...ourTypes(own, endpointUrl)];
    if (types.length === 0) without.push(name || id);
    else lists.push(types);
  }
  const foreign = users.filter(({ url }) => !isEndpoint(url, endpointUrl));
  const types = lists.length > 0 ? [...new Set(lists.flat())] : ofUser.length > 0 ? ofUser : null;
  const lacking = types === null ? [] : NEEDED.filter((type) => !types.includes(type));
  const silenced = foreign.filter((webhook) => ofUser.length === 0 && webhook.types.length > 0);
  return {
    subscribedTypes: types,
    problems: [
      ...silenced.map(silencing),
      ...(without.length > 0 ? [missing(without, endpointUrl)] : []),
      ...(lacking.length > 0 ? [typesMissing(lacking)] : []),
    ],
  };
}

function ourTypes(webhooks: readonly Webhook[], endpointUrl: string): string[] {
  return webhooks.filter(({ url }) => isEndpoint(url, endpointUrl)).flatMap(({ types }) => types);
}

/** Not every account's API has this list. */
async function userWebhooks(session: ApiSession): Promise<Webhook[]> {
  const answer = await askSmartlead(session, "/webhooks").catch((failure: unknown) => {
    if (failure instanceof ApiFailure && (failure.kind === "not_found" || failure.kind === "refused")) return [];
    throw failure;
  });
  return webhooksIn(
    answer,
    (webhook) => (at(webhook, "email_campaign_id") ?? at(webhook, "client_id") ?? null) === null,
  );
}

function webhooksIn(answer: unknown, isOne: (webhook: unknown) => boolean = () => true): Webhook[] {
  const webhooks = listIn(Array.isArray(answer) ? answer : at(answer, "data"), "webhooks");
  return webhooks.filter(isOne).map((webhook) => {
    const types = at(webhook, "event_types");
    return {
      url: at(webhook, "webhook_url"),
      types: Array.isArray(types) ? types.map(String) : [],
      name: String(at(webhook, "name") ?? at(webhook, "id")),
    };
  });
}

function silencing({ name, types }: Webhook): ConfigurationProblem {
  return {
    code: "silenced",
    title: `The webhook "${name}" of the whole user takes ${types.join(", ")}: Smartlead does not send these to campaigns' webhooks.`,
    wayOut: "Delete it in Settings > Webhooks, or give it this address.",
  };
}

function missing(names: readonly string[], endpointUrl: string): ConfigurationProblem {
  const shown = names.slice(0, 5).join(", ");
  return {
    code: "endpoint_missing",
    title: `${names.length === 1 ? "A campaign has" : `${names.length} campaigns have`} no webhook with this address: ${shown}${names.length > 5 ? ", …" : ""}.`,
    wayOut: `In Smartlead, open Settings > Webhooks and add one for the whole user with the address ${endpointUrl}.`,
  };
}

function typesMissing(types: readonly string[]): ConfigurationProblem {
  const names = types.join(", ");
  return {
    code: "types_missing",
    title: `No webhook with this address takes ${names}.`,
    wayOut: `In Smartlead, open Settings > Webhooks, edit the webhook and select ${names}.`,
  };
}
