/**
 * How Stripe is set up to send to us: the webhook endpoints of the account (https://docs.stripe.com/api/webhook_endpoints).
 * Endpoints for connected accounts belong to the platform, so they are read in its own name.
 */
import {
  ApiFailure,
  type ApiRequest,
  type ApiSession,
  type Configuration,
  type ConfigurationProblem,
  listIn,
} from "../api";
import { sendingTo, textOf } from "../listed";
import { at, idFrom } from "../shape";
import { authorised } from "./authorised";
import { stripeProjections } from "./rows";

const PER_PAGE = 100;
/** Stripe allows 16 endpoints per account and mode. */
const MOST_PAGES = 5;
const ALL = "*";

interface Endpoint {
  id: string;
  url: unknown;
  status: unknown;
  types: string[];
  version: string | undefined;
}

export async function stripeConfiguration(session: ApiSession, endpointUrl: string): Promise<Configuration> {
  const ours = sendingTo(await endpoints(session), ({ url }) => url, endpointUrl);
  if (ours.length === 0) return { subscribedTypes: null, problems: [noEndpoint()] };
  const enabled = ours.filter(({ status }) => status !== "disabled");
  const addresses = new Set(enabled.map(({ url }) => url));
  const types = [...new Set(ours.flatMap((endpoint) => endpoint.types))];
  return {
    subscribedTypes: types.includes(ALL) ? null : types,
    problems: [
      ...ours.filter((endpoint) => !enabled.includes(endpoint)).map(disabled),
      ...missingTypes(ours[0] as Endpoint, types),
      ...(enabled.length > addresses.size ? [repeated(enabled.length)] : []),
      ...(await otherVersion(session, ours)),
    ],
  };
}

/** Enables an endpoint, or adds types to those that it has now: it may have changed since it was checked. */
export async function stripeRepair(session: ApiSession, { code, repair }: ConfigurationProblem): Promise<void> {
  if (!repair) throw new ApiFailure("refused", "Stripe's API cannot repair this.");
  const path = `/v1/webhook_endpoints/${encodeURIComponent(repair.id)}`;
  const change = async (form: ApiRequest["form"]) => {
    await session.ask({ ...authorised(session), method: "POST", path, form });
  };
  if (code === "endpoint_disabled") return change([["disabled", "false"]]);
  if (code !== "types_missing") throw new ApiFailure("refused", "Stripe's API cannot repair this.");
  const { json } = await session.ask({ ...authorised(session), path });
  const { types } = endpointIn(json);
  if (types.includes(ALL)) return;
  const added = listIn(repair.data, "types to add").filter((type) => typeof type === "string");
  await change([...new Set([...types, ...added])].map((type) => ["enabled_events[]", type]));
}

async function endpoints(session: ApiSession): Promise<Endpoint[]> {
  const all: Endpoint[] = [];
  for (let page = 0; page < MOST_PAGES; page++) {
    const last = all.at(-1)?.id;
    const { json } = await session.ask({
      ...authorised(session),
      path: "/v1/webhook_endpoints",
      query: [["limit", String(PER_PAGE)], ...(last === undefined ? [] : [["starting_after", last] as const])],
    });
    const listed = listIn(at(json, "data"), "webhook endpoints");
    all.push(...listed.map(endpointIn));
    if (at(json, "has_more") !== true || listed.length === 0) return all;
  }
  return all;
}

function endpointIn(value: unknown): Endpoint {
  return {
    id: textOf(at(value, "id"), "id of a webhook endpoint"),
    url: at(value, "url"),
    status: at(value, "status"),
    types: listIn(at(value, "enabled_events"), "enabled events").filter((type) => typeof type === "string"),
    version: idFrom(at(value, "api_version")),
  };
}

function noEndpoint(): ConfigurationProblem {
  return {
    code: "endpoint_missing",
    title: "No webhook endpoint of this Stripe account has our URL.",
    wayOut:
      "Add the URL of this source under Developers → Webhooks. When it is there, check that the key is of the same account and mode (live or test).",
  };
}

function disabled({ id }: Endpoint): ConfigurationProblem {
  return {
    code: "endpoint_disabled",
    title: "Stripe does not send to us: the webhook endpoint is disabled.",
    wayOut: "Enable it under Developers → Webhooks, then check the time since it was disabled.",
    repair: { id, what: "Enable the endpoint" },
  };
}

function missingTypes({ id }: Endpoint, types: readonly string[]): ConfigurationProblem[] {
  const lacking = lackingIn(types);
  if (lacking.length === 0) return [];
  return [
    {
      code: "types_missing",
      title: `The endpoint does not get ${lacking.length} event types that write rows: ${lacking.join(", ")}.`,
      wayOut: "Add them to the events of the endpoint under Developers → Webhooks.",
      repair: { id, what: "Add these event types", data: lacking },
    },
  ];
}

/** The types that write rows here and are not sent. */
function lackingIn(types: readonly string[]): string[] {
  return types.includes(ALL) ? [] : Object.keys(stripeProjections).filter((type) => !types.includes(type));
}

function repeated(count: number): ConfigurationProblem {
  return {
    code: "endpoint_repeated",
    title: `${count} webhook endpoints of the account send to our URL, so that events arrive more than once.`,
    wayOut: "Delete all but one under Developers → Webhooks. The events that came twice count once here.",
  };
}

/** An endpoint without a version of its own gets the account's, which is also the version of the list. */
async function otherVersion(session: ApiSession, ours: readonly Endpoint[]): Promise<ConfigurationProblem[]> {
  const pinned = ours.find(({ version }) => version !== undefined)?.version;
  if (pinned === undefined) return [];
  const { json } = await session.ask({ ...authorised(session), path: "/v1/events", query: [["limit", "1"]] });
  const version = idFrom(at(listIn(at(json, "data"), "events")[0], "api_version"));
  if (version === undefined || version === pinned) return [];
  return [
    {
      code: "version_differs",
      title: `The endpoint gets API version ${pinned}, and Stripe's list has ${version}.`,
      wayOut:
        "Nothing has to be done: both are read here. An event that is brought back looks like the list's, also for destinations that get it.",
    },
  ];
}
