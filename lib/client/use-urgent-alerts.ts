import { useQuery } from "@tanstack/react-query";
import { firingCountQuery } from "./queries/alerts";

/** Rules are evaluated once a minute. */
const ASK_EVERY_MS = 15_000;

/** How many alerts of P0 to P2 fire and are told; undefined until known. */
export function useUrgentAlerts(): number | undefined {
  const { data } = useQuery({
    ...firingCountQuery(),
    refetchInterval: ASK_EVERY_MS,
    select: ({ firing }) => (firing.P0 ?? 0) + (firing.P1 ?? 0) + (firing.P2 ?? 0),
  });
  return data;
}
