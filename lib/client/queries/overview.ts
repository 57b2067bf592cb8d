/** The query of the overview. */
import { queryOptions } from "@tanstack/react-query";
import { type Period, printPeriod } from "@/lib/contract/analytics";
import { fetchAnalytics } from "../analytics";
import { DRAWN } from "../query-client";
import { ALL } from "./all";

export const analyticsQuery = (period: Period) =>
  queryOptions({
    ...DRAWN,
    queryKey: [...ALL.analytics, printPeriod(period)],
    queryFn: ({ signal }) => fetchAnalytics(period, signal),
  });
