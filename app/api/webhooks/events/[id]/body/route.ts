import { handle } from "@/app/api/handle";
import { recordDownload } from "@/lib/queries/audit";
import { readEventBody } from "@/lib/queries/event-context";
import { noSuchEvent } from "../../no-such-event";

/** The bytes as a download: never a page to a browser, whatever is in them. Who took them is in the audit log. */
export const GET = handle("view", async ({ params, actor, requestId }) => {
  const id = String(params.id);
  const body = await readEventBody(id, actor);
  if (!body) throw noSuchEvent();
  await recordDownload(body.id, body.bytes.length, { actor, requestId });
  return new Response(new Uint8Array(body.bytes), {
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${id}.${body.isJson ? "json" : "bin"}"`,
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
    },
  });
});
