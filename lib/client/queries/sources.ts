/** The query of the sources. */
import { queryOptions } from "@tanstack/react-query";
import { DRAWN } from "../query-client";
import { fetchSources } from "../sources";

export const sourcesQuery = () =>
  queryOptions({ ...DRAWN, queryKey: ["sources"], queryFn: ({ signal }) => fetchSources(signal) });
