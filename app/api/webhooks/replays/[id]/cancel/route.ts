import { handle } from "@/app/api/handle";
import { controlReplay } from "@/lib/commands/replays";

/** Ends it. What has not run is skipped and stays as it is. */
export const POST = handle("replay", async (context) => controlReplay(String(context.params.id), "cancel", context));
