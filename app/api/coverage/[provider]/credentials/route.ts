import { handle, readJson } from "@/app/api/handle";
import { deleteApiCredentials, getApiCredentials, setApiCredentials } from "@/lib/commands/api-credentials";
import { ofSource, setCredentialsRequest } from "@/lib/contract/api/source-api";
import { readQuery } from "@/lib/contract/event-filter";

/** What a source has, and what it needs. Secret values are shown by how they end. */
export const GET = handle("view", (context) => {
  const { source_id } = ofSource.parse(readQuery(new URL(context.request.url).searchParams));
  return getApiCredentials({ provider_slug: String(context.params.provider), source_id }, context);
});

/** Stores them, encrypted. */
export const PUT = handle("manage", async (context) => {
  const asked = setCredentialsRequest.parse(await readJson(context.request));
  return setApiCredentials({ provider_slug: String(context.params.provider), ...asked }, context);
});

/** Removes stored ones. Those of the environment stay. */
export const DELETE = handle("manage", async (context) => {
  const { source_id } = ofSource.parse(readQuery(new URL(context.request.url).searchParams));
  await deleteApiCredentials({ provider_slug: String(context.params.provider), source_id }, context);
  return new Response(null, { status: 204 });
});
