import { handle } from "@/app/api/handle";
import { takeEvidence } from "@/lib/commands/evidence";
import { evidenceRequest } from "@/lib/contract/api/evidence";
import { readQuery } from "@/lib/contract/event-filter";

/** The signed bundle of an incident, made while it is sent. The download is in the audit log and in the incident's log. */
export const GET = handle("view", async (context) => {
  const { payloads } = evidenceRequest.parse(readQuery(new URL(context.request.url).searchParams));
  const { id, stream } = await takeEvidence(String(context.params.id), { payloads: payloads === "true" }, context);
  return new Response(stream, {
    headers: {
      "content-type": "application/zip",
      "content-disposition": `attachment; filename="evidence-${id}.zip"`,
      "x-content-type-options": "nosniff",
    },
  });
});
