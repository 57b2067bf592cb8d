import { handle, readJson } from "@/app/api/handle";
import { changeAlertRule, deleteAlertRule } from "@/lib/commands/alert-rules";
import { changeRuleRequest } from "@/lib/contract/api/alert-rules";
import { requireAlertRule } from "@/lib/queries/alerts";

/** Changes a rule, unless another request changed it since the version that the caller saw. */
export const PATCH = handle("manage", async (context) => {
  const id = String(context.params.id);
  await changeAlertRule(id, changeRuleRequest.parse(await readJson(context.request)), context);
  return requireAlertRule(id, context.actor);
});

/** Deletes a rule that people made. Its alerts stay. */
export const DELETE = handle("manage", async (context) => {
  await deleteAlertRule(String(context.params.id), context);
  return new Response(null, { status: 204 });
});
