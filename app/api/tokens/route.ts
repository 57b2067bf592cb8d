import { handle, readJson } from "@/app/api/handle";
import { createApiToken } from "@/lib/commands/api-tokens";
import { createTokenRequest } from "@/lib/contract/api/api-tokens";
import { listApiTokens } from "@/lib/queries/api-tokens";

/** Active API tokens, and those that ended recently. */
export const GET = handle("manage", async ({ actor }) => ({ tokens: await listApiTokens(actor) }));

/** Creates a token. Only this answer holds it. */
export const POST = handle("manage", async (context) =>
  Response.json(await createApiToken(createTokenRequest.parse(await readJson(context.request)), context), {
    status: 201,
  }),
);
