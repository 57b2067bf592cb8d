import { handle, readJson } from "@/app/api/handle";
import { assignAlert } from "@/lib/commands/alerts";
import { assignAlertRequest } from "@/lib/contract/api/alerts";
import { requireAlert } from "@/lib/queries/alerts";

/** Assigns it to a member of the staff, or to no one. */
export const POST = handle("alert", async (context) => {
  const id = String(context.params.id);
  await assignAlert(id, assignAlertRequest.parse(await readJson(context.request)), context);
  return requireAlert(id, context.actor);
});
