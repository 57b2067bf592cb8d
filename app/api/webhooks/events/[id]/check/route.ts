import { handle } from "@/app/api/handle";
import { checkEvent } from "@/lib/commands/ask-provider";

/** Asks the provider for the object of this event. */
export const POST = handle("reconcile", (context) => checkEvent(String(context.params.id), context));
