import { handle } from "@/app/api/handle";
import { recordDownload } from "@/lib/commands/exports";
import { readEventBody } from "@/lib/queries/event-context";
import { Refusal } from "@/lib/refusals";

/** The bytes as a download, never rendered by a browser, whatever they are. The download is in the audit log. */
export const GET = handle("view", async (context) => {
  const id = String(context.params.id);
  const body = await readEventBody(id, context.actor);
  if (!body) throw new Refusal("no_such_event");
  await recordDownload(body.id, body.bytes.length, context);
  return new Response(new Uint8Array(body.bytes), {
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${id}.${body.isJson ? "json" : "bin"}"`,
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
    },
  });
});
