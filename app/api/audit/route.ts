import { handle } from "@/app/api/handle";
import { auditRequest } from "@/lib/contract/api/audit";
import { readQuery } from "@/lib/contract/event-filter";
import { listActions } from "@/lib/queries/audit";

/** The audit log, newest first. */
export const GET = handle("manage", async ({ request, actor }) => {
  const { limit, cursor, ...filter } = auditRequest.parse(readQuery(new URL(request.url).searchParams));
  return listActions(filter, { limit, cursor }, actor);
});
