import { handle, readJson } from "@/app/api/handle";
import { createViewRequest } from "@/lib/contract/api/history";
import { createEventView, listEventViews } from "@/lib/queries/event-views";

/** The views of whoever asks. */
export const GET = handle("view", async ({ actor }) => ({ views: await listEventViews(actor) }));

/** Saves a filter under a name. */
export const POST = handle("view", async ({ request, actor }) =>
  Response.json(await createEventView(createViewRequest.parse(await readJson(request)), actor), { status: 201 }),
);
