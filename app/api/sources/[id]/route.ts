import { handle, readJson } from "@/app/api/handle";
import { deleteSource, updateSource } from "@/lib/commands/sources";
import { updateSourceRequest } from "@/lib/contract/api/source-requests";

/** Changes what the body names. */
export const PATCH = handle("manage", async (context) => {
  const fields = updateSourceRequest.parse(await readJson(context.request));
  return updateSource(String(context.params.id), fields, context);
});

/** Closes the source for good: requests to it are answered 401. Its events stay. */
export const DELETE = handle("manage", async (context) => {
  await deleteSource(String(context.params.id), context);
  return new Response(null, { status: 204 });
});
