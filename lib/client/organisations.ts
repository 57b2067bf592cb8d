/** Names of organisations, to suggest where one is typed. */
import { useQuery } from "@tanstack/react-query";
import { requestJson } from "./request";

/** Organisations that have events, of those that the asker may see. Empty until they are known. */
export function useKnownOrganisations(): string[] {
  const { data } = useQuery({
    queryKey: ["organisations"],
    queryFn: ({ signal }) => requestJson<{ organisations: string[] }>("/api/organisations", { signal }),
    staleTime: 60_000,
  });
  return data?.organisations ?? [];
}
