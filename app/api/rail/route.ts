import { handle } from "@/app/api/handle";
import { readNavCounts } from "@/lib/queries/dead-letters";

/** The numbers next to the links of the sidebar. */
export const GET = handle("view", ({ actor }) => readNavCounts(actor));
