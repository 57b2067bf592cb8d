import { handle } from "@/app/api/handle";
import { controlReplay } from "@/lib/commands/replays";

/** Takes back what has not been claimed; what is at an endpoint this moment ends and counts. */
export const POST = handle("replay", async (context) => controlReplay(String(context.params.id), "pause", context));
