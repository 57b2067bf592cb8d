import { handle, readJson } from "@/app/api/handle";
import { changeRetention } from "@/lib/commands/retention";
import { changeRetentionRequest } from "@/lib/contract/api/retention";
import { getRetention } from "@/lib/queries/retention";

/** How long what is kept, how much that is, and what goes next. */
export const GET = handle("manage", async ({ actor }) => getRetention(actor));

/** Changes how long a class is kept. Fewer days than now have to be confirmed. */
export const PATCH = handle("manage", async (context) => {
  await changeRetention(changeRetentionRequest.parse(await readJson(context.request)), context);
  return getRetention(context.actor);
});
