import { handle } from "@/app/api/handle";
import { endOwnSessions, listOwnSessions } from "@/lib/auth/sessions";

/** The asker's own open sessions. */
export const GET = handle("view", async (context) => ({ sessions: await listOwnSessions(context) }));

/** Signs the asker out everywhere, here too. */
export const DELETE = handle("view", async (context) => ({ ended: await endOwnSessions(context) }));
