import { handle, readJson } from "@/app/api/handle";
import { createAlertRule } from "@/lib/commands/alert-rules";
import { createRuleRequest } from "@/lib/contract/api/alert-rules";
import { listAlertRules, requireAlertRule } from "@/lib/queries/alerts";

/** The rules, worst first. */
export const GET = handle("view", async ({ actor }) => ({ rules: await listAlertRules(actor) }));

/** Makes a rule. */
export const POST = handle("manage", async (context) => {
  const id = await createAlertRule(createRuleRequest.parse(await readJson(context.request)), context);
  return Response.json(await requireAlertRule(id, context.actor), { status: 201 });
});
