import { handle, readJson } from "@/app/api/handle";
import { createSilence } from "@/lib/commands/alert-silences";
import { silenceRequest } from "@/lib/contract/api/alert-silences";
import { listSilences, requireSilence } from "@/lib/queries/alerts";

/** Silences that are active or to come, and the newest that ended. */
export const GET = handle("view", async ({ actor }) => ({ silences: await listSilences(actor) }));

/** What matches is not told until it ends. */
export const POST = handle("alert", async (context) => {
  const id = await createSilence(silenceRequest.parse(await readJson(context.request)), context);
  return Response.json(await requireSilence(id, context.actor), { status: 201 });
});
