import { handle, readJson } from "@/app/api/handle";
import { createEventView } from "@/lib/commands/event-views";
import { createViewRequest } from "@/lib/contract/api/history";
import { listEventViews } from "@/lib/queries/event-views";

/** The saved views of the caller. */
export const GET = handle("view", async ({ actor }) => ({ views: await listEventViews(actor) }));

/** Saves a filter under a name. */
export const POST = handle("view", async (context) =>
  Response.json(await createEventView(createViewRequest.parse(await readJson(context.request)), context), {
    status: 201,
  }),
);
