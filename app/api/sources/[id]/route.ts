import { handle, readJson } from "@/app/api/handle";
import { updateSourceRequest } from "@/lib/contract/api/sources";
import { deleteSource, updateSource } from "@/lib/queries/sources";
import { changeOf } from "../change-of";

/** Changes what the body names. */
export const PATCH = handle("manage", async (context) => {
  const fields = updateSourceRequest.parse(await readJson(context.request));
  return updateSource(String(context.params.id), fields, changeOf(context));
});

/** Closes it for good: whoever posts there is answered 401. Its events stay. */
export const DELETE = handle("manage", async (context) => {
  await deleteSource(String(context.params.id), changeOf(context));
  return new Response(null, { status: 204 });
});
