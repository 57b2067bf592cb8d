import { handle, readJson } from "@/app/api/handle";
import { acknowledgeAlert } from "@/lib/commands/alerts";
import { acknowledgeRequest } from "@/lib/contract/api/alerts";
import { requireAlert } from "@/lib/queries/alerts";

/** Says that the caller takes care of it: it is not told again until it is well. */
export const POST = handle("alert", async (context) => {
  const id = String(context.params.id);
  await acknowledgeAlert(id, acknowledgeRequest.parse(await readJson(context.request)), context);
  return requireAlert(id, context.actor);
});
