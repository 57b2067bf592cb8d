import { handle } from "@/app/api/handle";
import { eventFilterSchema, readQuery } from "@/lib/contract/event-filter";
import { readHistogram } from "@/lib/queries/history";

/** Events per step of time, by outcome, for a filter of the history. */
export const GET = handle("view", async ({ request, actor }) =>
  readHistogram(eventFilterSchema.parse(readQuery(new URL(request.url).searchParams)), actor),
);
