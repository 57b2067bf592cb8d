import { handle } from "@/app/api/handle";
import { readRail } from "@/lib/queries/dead-letters";

/** The numbers beside the rooms of the console. */
export const GET = handle("view", ({ actor }) => readRail(actor));
