import { handle } from "@/app/api/handle";
import { kpisRequest } from "@/lib/contract/api/kpis";
import { readQuery } from "@/lib/contract/event-filter";
import { csvOfKpis, readKpis } from "@/lib/queries/kpis";

/** The figures that runbook 001 sets targets for, as JSON or CSV. */
export const GET = handle("view", async ({ request, actor }) => {
  const { format, ...period } = kpisRequest.parse(readQuery(new URL(request.url).searchParams));
  const kpis = await readKpis(period, actor);
  if (format === "json") return kpis;
  const headers = {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": 'attachment; filename="kpis.csv"',
  };
  return new Response(csvOfKpis(kpis), { headers });
});
