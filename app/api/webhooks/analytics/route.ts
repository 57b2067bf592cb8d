import { z } from "zod";
import { handle } from "@/app/api/handle";
import { readQuery } from "@/lib/contract/event-filter";
import { readAnalytics } from "@/lib/queries/analytics";

const schema = z.object({ range: z.enum(["15m", "1h", "24h", "7d", "30d"]).default("24h") });

/** Success rate, volumes and failures of a time range: the CloudGreet runbook's analytics, and the overview's figures. */
export const GET = handle("view", ({ request }) =>
  readAnalytics(schema.parse(readQuery(new URL(request.url).searchParams)).range),
);
