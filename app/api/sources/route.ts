import { handle, readJson } from "@/app/api/handle";
import { createSource } from "@/lib/commands/sources";
import { createSourceRequest } from "@/lib/contract/api/source-requests";
import { listSources } from "@/lib/queries/sources";

/** Every provider: its default endpoint, what it received recently, and its sources. */
export const GET = handle("view", async (context) => ({
  providers: await listSources(context.origin, context.actor),
}));

/** Makes a source. Its whole URL is in this answer and in no other. */
export const POST = handle("manage", async (context) => {
  const fields = createSourceRequest.parse(await readJson(context.request));
  return Response.json(await createSource(fields, context), { status: 201 });
});
