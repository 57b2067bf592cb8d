import { handle } from "@/app/api/handle";
import { listDeadLetterGroups } from "@/lib/queries/dead-letters";

/** Dead deliveries by cause: destination, error class, HTTP status and normalised message. */
export const GET = handle("view", ({ actor }) => listDeadLetterGroups(actor));
