import { handle, readJson } from "@/app/api/handle";
import { createSourceRequest } from "@/lib/contract/api/sources";
import { createSource, listSources } from "@/lib/queries/sources";
import { changeOf } from "./change-of";

/** Every provider: its default door, what came there lately, and its sources. */
export const GET = handle("view", async (context) => ({
  providers: await listSources(changeOf(context).origin, context.actor),
}));

/** Makes a source. Its whole URL is in this answer and in no other. */
export const POST = handle("manage", async (context) => {
  const fields = createSourceRequest.parse(await readJson(context.request));
  return Response.json(await createSource(fields, changeOf(context)), { status: 201 });
});
