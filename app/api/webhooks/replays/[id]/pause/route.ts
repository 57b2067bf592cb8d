import { handle } from "@/app/api/handle";
import { controlReplay } from "@/lib/commands/replays";

/** Takes back what has not been claimed. Requests in progress end and count. */
export const POST = handle("replay", async (context) => controlReplay(String(context.params.id), "pause", context));
