import { handle, readJson } from "@/app/api/handle";
import { setWatch } from "@/lib/commands/watch-settings";
import { setWatchRequest } from "@/lib/contract/api/coverage";

/** Changes the schedule of a source. */
export const PATCH = handle("manage", async (context) => {
  const { source_id, ...change } = setWatchRequest.parse(await readJson(context.request));
  return setWatch({ provider_slug: String(context.params.provider), source_id }, change, context);
});
