import { handle } from "@/app/api/handle";
import { liftSignInLimit } from "@/lib/commands/sign-in-limits";
import { liftRequest } from "@/lib/contract/api/staff";
import { readQuery } from "@/lib/contract/event-filter";
import { listSignInLimits } from "@/lib/queries/sign-in-limits";

/** Accounts with a delay, and addresses that made too many attempts. */
export const GET = handle("manage", async ({ actor }) => ({ limits: await listSignInLimits(actor) }));

/** Lets an account or an address try again at once. */
export const DELETE = handle("manage", async (context) => {
  const { searchParams } = new URL(context.request.url);
  await liftSignInLimit(liftRequest.parse(readQuery(searchParams)), context);
  return new Response(null, { status: 204 });
});
