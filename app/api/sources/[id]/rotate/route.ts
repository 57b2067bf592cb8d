import { handle, readJson } from "@/app/api/handle";
import { rotateSource } from "@/lib/commands/sources";
import { rotateSourceRequest } from "@/lib/contract/api/source-requests";

/** Gives it a new URL, which is in this answer and in no other. The old URL works until the overlap ends. */
export const POST = handle("manage", async (context) => {
  const { overlap_hours } = rotateSourceRequest.parse(await readJson(context.request));
  return rotateSource(String(context.params.id), overlap_hours, context);
});
