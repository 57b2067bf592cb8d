/** The query of the KPIs. */
import { queryOptions } from "@tanstack/react-query";
import { type KpiPeriod, printKpiPeriod } from "@/lib/contract/kpi-period";
import { fetchKpis } from "../kpis";
import { DRAWN } from "../query-client";

export const kpisQuery = (period: KpiPeriod) =>
  queryOptions({
    ...DRAWN,
    queryKey: ["kpis", printKpiPeriod(period)],
    queryFn: ({ signal }) => fetchKpis(period, signal),
  });
