import { handle } from "@/app/api/handle";
import { auditExportRequest } from "@/lib/contract/api/staff";
import { readQuery } from "@/lib/contract/event-filter";
import { exportActions, recordExport } from "@/lib/queries/audit";

/** All of the audit log that matches, as a file. That somebody took it is written there. */
export const GET = handle("manage", async ({ request, actor, requestId }) => {
  const { format, ...filter } = auditExportRequest.parse(readQuery(new URL(request.url).searchParams));
  const takeout = { action: "audit.export", subject: "audit", details: { format, filter } } as const;
  const onEnd = await recordExport(takeout, { actor, requestId });
  const { stream, contentType } = exportActions(filter, format, actor, onEnd);
  const headers = { "content-type": contentType, "content-disposition": `attachment; filename="audit.${format}"` };
  return new Response(stream, { headers });
});
