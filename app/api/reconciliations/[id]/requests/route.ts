import { handle } from "@/app/api/handle";
import { apiRequestsRequest } from "@/lib/contract/api/reconciliations";
import { readQuery } from "@/lib/contract/event-filter";
import { listApiRequests } from "@/lib/queries/reconciliations";

/** What a run asked of the provider, newest first. */
export const GET = handle("view", ({ request, params, actor }) =>
  listApiRequests(String(params.id), apiRequestsRequest.parse(readQuery(new URL(request.url).searchParams)), actor),
);
