/** How the sender is set up to send to us: the endpoints of our application, in the shape of Svix's API. */
import { ApiFailure, type ApiSession, type Configuration, type ConfigurationProblem, listIn } from "../api";
import { sendingTo } from "../listed";
import { at } from "../shape";
import { applicationPath, authorised } from "./application";

const PER_PAGE = 250;
const MOST_PAGES = 5;

export async function standardConfiguration(session: ApiSession, endpointUrl: string): Promise<Configuration> {
  const ours = sendingTo(await endpoints(session), (endpoint) => at(endpoint, "url"), endpointUrl);
  if (ours.length === 0) return { subscribedTypes: null, problems: [noEndpoint] };
  // Newer versions call it eventTypes.
  const types = ours.map((endpoint) => textsIn(at(endpoint, "filterTypes") ?? at(endpoint, "eventTypes")));
  const isDisabled = ours.every((endpoint) => at(endpoint, "disabled") === true);
  const channels = ours.map((endpoint) => textsIn(at(endpoint, "channels")));
  return {
    subscribedTypes: types.includes(null) ? null : [...new Set(types.flatMap((some) => some ?? []))],
    problems: [
      ...(isDisabled ? [disabled] : []),
      ...(channels.includes(null) ? [] : [onlyChannels(channels.flatMap((some) => some ?? []))]),
    ],
  };
}

async function endpoints(session: ApiSession): Promise<unknown[]> {
  const all: unknown[] = [];
  let iterator: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { json } = await session.ask({
      ...authorised(session),
      path: `${applicationPath(session)}/endpoint`,
      query: [["limit", String(PER_PAGE)], ...(iterator === undefined ? [] : [["iterator", iterator] as const])],
    });
    all.push(...listIn(at(json, "data"), "endpoints"));
    const next = at(json, "iterator");
    if (at(json, "done") !== false) return all;
    if (typeof next !== "string")
      throw new ApiFailure("malformed", "The answer has no iterator, although there is more.");
    iterator = next;
  }
  return all;
}

/** Null where nothing is filtered. */
function textsIn(value: unknown): string[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  return value.filter((text) => typeof text === "string");
}

const noEndpoint: ConfigurationProblem = {
  code: "endpoint_missing",
  title: "No endpoint of your application at the sender has our URL.",
  wayOut: "Add the URL of this source in the sender's webhook settings, or correct the application's id.",
};

const disabled: ConfigurationProblem = {
  code: "endpoint_disabled",
  title: "The sender does not send to us: the endpoint is disabled.",
  wayOut: "Enable it in the sender's webhook settings, then check the time since it was disabled.",
};

function onlyChannels(channels: readonly string[]): ConfigurationProblem {
  return {
    code: "channels_filtered",
    title: `The endpoint gets messages of some channels only: ${channels.join(", ")}.`,
    wayOut:
      "Messages of other channels are in the list and count as missing here. Remove the channels, or ignore these.",
  };
}
