import { handle } from "@/app/api/handle";
import { endOwnSessions } from "@/lib/commands/sessions";
import { listOwnSessions } from "@/lib/queries/sessions";

/** The caller's own open sessions. */
export const GET = handle("view", async ({ actor }) => ({ sessions: await listOwnSessions(actor) }));

/** Signs the caller out everywhere, including this session. */
export const DELETE = handle("view", async (context) => ({ ended: await endOwnSessions(context) }));
