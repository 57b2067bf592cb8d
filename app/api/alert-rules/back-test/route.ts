import { handle, readJson } from "@/app/api/handle";
import { backTestNewRule } from "@/lib/commands/alert-rules";
import { backTestRequest } from "@/lib/contract/api/alert-rules";

/** How often a rule would have fired that is not saved yet. Changes nothing. */
export const POST = handle("view", async (context) =>
  backTestNewRule(backTestRequest.parse(await readJson(context.request)), context),
);
