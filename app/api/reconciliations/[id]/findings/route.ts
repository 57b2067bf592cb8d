import { handle } from "@/app/api/handle";
import { findingsRequest } from "@/lib/contract/api/findings";
import { readQuery } from "@/lib/contract/event-filter";
import { listFindings } from "@/lib/queries/findings";

/** What a run found, in the order it was found. */
export const GET = handle("view", ({ request, params, actor }) =>
  listFindings(String(params.id), findingsRequest.parse(readQuery(new URL(request.url).searchParams)), actor),
);
