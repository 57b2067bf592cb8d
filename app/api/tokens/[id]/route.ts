import { handle } from "@/app/api/handle";
import { revokeApiToken } from "@/lib/commands/api-tokens";

/** Revokes a token: its next request is rejected. Answers the revoked token. */
export const DELETE = handle("manage", async (context) => revokeApiToken(String(context.params.id), context));
