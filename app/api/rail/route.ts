import { handle } from "@/app/api/handle";
import { readNavCounts } from "@/lib/queries/dead-letters";

/** The numbers beside the rooms of the console. */
export const GET = handle("view", ({ actor }) => readNavCounts(actor));
