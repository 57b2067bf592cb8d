import { handle, readJson } from "@/app/api/handle";
import { backTestSavedRule } from "@/lib/commands/alert-rules";
import { backTestOfRuleRequest } from "@/lib/contract/api/alert-rules";

/** How often the rule would have fired, with other settings if they are given. Changes nothing. */
export const POST = handle("view", async (context) =>
  backTestSavedRule(String(context.params.id), backTestOfRuleRequest.parse(await readJson(context.request)), context),
);
