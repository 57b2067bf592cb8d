/** Requests to Smartlead. Its key is in every query. https://api.smartlead.ai/reference */
import { ApiFailure, type ApiRequest, type ApiSession, listIn } from "../api";
import type { Json } from "../provider";
import { at, idFrom, timeFrom } from "../shape";
import type { Campaign } from "./mails";

/** Longer names are cut, because a run stores the campaigns it is reading. */
const LONGEST_NAME = 100;

/** The parsed answer. */
export async function askSmartlead(
  session: ApiSession,
  path: string,
  query: ApiRequest["query"] = [],
  json?: Json,
): Promise<unknown> {
  const { api_key: key = "" } = session.credentials;
  const answer = await session.ask({
    ...(json !== undefined && { method: "POST", json }),
    path,
    query: [...query, ["api_key", key]],
    secretQuery: ["api_key"],
    secrets: [key],
  });
  return answer.json;
}

/** All campaigns that may have an event before a time, whatever their status, in the order of their ids. */
export async function listCampaigns(session: ApiSession, before: Date): Promise<Campaign[]> {
  const answer = await askSmartlead(session, "/campaigns");
  const rows = listIn(Array.isArray(answer) ? answer : at(answer, "data"), "campaigns");
  return rows
    .filter((row) => !(Date.parse(timeFrom(at(row, "created_at")) ?? "") >= before.getTime()))
    .map((row) => {
      const id = idFrom(at(row, "id"));
      if (id === undefined) throw new ApiFailure("malformed", "Smartlead's answer has a campaign without an id.");
      const client = idFrom(at(row, "client_id"));
      return {
        id,
        name: String(at(row, "name") ?? "").slice(0, LONGEST_NAME),
        status: String(at(row, "status") ?? "").slice(0, LONGEST_NAME),
        client: client === undefined ? null : Number(client),
      };
    })
    .sort((one, other) => Number(one.id) - Number(other.id));
}
