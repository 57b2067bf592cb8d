import { z } from "zod";
import type { DestinationState } from "../destinations";

const STATES = {
  healthy: true,
  idle: true,
  slow: true,
  failing: true,
  throttled: true,
  open: true,
  half_open: true,
  paused: true,
  disabled: true,
} satisfies Record<DestinationState, true>;

/** The query of the page of destinations. Printing it is lib/contract/destination-filter.ts. */
export const destinationFilterRequest = z.object({
  state: z
    .string()
    .transform((text) => text.split(",").filter(Boolean))
    .pipe(z.array(z.enum(Object.keys(STATES) as [DestinationState])))
    .optional(),
  q: z.string().max(255).optional(),
});
