import { handle } from "@/app/api/handle";
import { testChannel } from "@/lib/commands/channel-tests";

/** Sends a test message now, and answers what the channel said. */
export const POST = handle("manage", (context) => testChannel(String(context.params.id), context));
