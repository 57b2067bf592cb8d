/** Names of organisations, as suggestions for a text field. */
import { useQuery } from "@tanstack/react-query";
import { organisationsQuery } from "./queries/settings";

/** Empty until they are known. */
export function useKnownOrganisations(): string[] {
  return useQuery(organisationsQuery()).data?.organisations ?? [];
}
