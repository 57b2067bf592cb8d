import { handle } from "@/app/api/handle";
import { readEventBody } from "@/lib/queries/event-surroundings";
import { noSuchEvent } from "../../no-such-event";

/** The received bytes as a download: a browser must never take them for a page, whatever is in them. */
export const GET = handle("view", async ({ params, actor }) => {
  const id = String(params.id);
  const body = await readEventBody(id, actor);
  if (!body) throw noSuchEvent();
  return new Response(new Uint8Array(body.bytes), {
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${id}.${body.isJson ? "json" : "bin"}"`,
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
    },
  });
});
