import { z } from "zod";
import { DESTINATION_STATES } from "../destinations";

/** The query of the page of destinations. lib/contract/destination-filter.ts prints it. */
export const destinationFilterRequest = z.object({
  state: z
    .string()
    .transform((text) => text.split(",").filter(Boolean))
    .pipe(z.array(z.enum(DESTINATION_STATES)))
    .optional(),
  q: z.string().max(255).optional(),
});
