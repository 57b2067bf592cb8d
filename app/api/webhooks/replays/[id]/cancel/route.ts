import { handle } from "@/app/api/handle";
import { controlReplay } from "@/lib/commands/replays";

/** Ends it: what has not run is skipped, untouched. */
export const POST = handle("replay", async (context) => controlReplay(String(context.params.id), "cancel", context));
