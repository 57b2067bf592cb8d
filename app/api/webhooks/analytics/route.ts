import { handle } from "@/app/api/handle";
import { analyticsRequest, periodOf } from "@/lib/contract/api/overview";
import { readQuery } from "@/lib/contract/event-filter";
import { readAnalytics } from "@/lib/queries/analytics";

/** Success rate, volumes and failures of a time range: the CloudGreet runbook's analytics, and the overview's figures. */
export const GET = handle("view", ({ request, actor }) =>
  readAnalytics(periodOf(analyticsRequest.parse(readQuery(new URL(request.url).searchParams))), actor),
);
