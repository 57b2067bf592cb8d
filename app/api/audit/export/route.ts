import { handle } from "@/app/api/handle";
import { recordExport } from "@/lib/commands/exports";
import { auditExportRequest } from "@/lib/contract/api/audit";
import { readQuery } from "@/lib/contract/event-filter";
import { exportActions } from "@/lib/queries/audit";

/** Downloads the audit log entries that match. The download is written to the log, too. */
export const GET = handle("manage", async (context) => {
  const { format, ...filter } = auditExportRequest.parse(readQuery(new URL(context.request.url).searchParams));
  const takeout = { action: "audit.export", subject: "audit", details: { format, filter } } as const;
  const onEnd = await recordExport(takeout, context);
  const { stream, contentType } = exportActions(filter, format, context.actor, onEnd);
  const headers = { "content-type": contentType, "content-disposition": `attachment; filename="audit.${format}"` };
  return new Response(stream, { headers });
});
