/** Names of organisations, to suggest where one is typed. */
import { useQuery } from "@tanstack/react-query";
import { organisationsQuery } from "./queries/settings";

/** Empty until they are known. */
export function useKnownOrganisations(): string[] {
  return useQuery(organisationsQuery()).data?.organisations ?? [];
}
