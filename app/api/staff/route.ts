import { handle, readJson } from "@/app/api/handle";
import { inviteStaff } from "@/lib/commands/staff";
import { inviteRequest } from "@/lib/contract/api/staff";
import { listStaff } from "@/lib/queries/staff";

/** Everyone on the staff, disabled people included. */
export const GET = handle("manage", async ({ actor }) => ({ staff: await listStaff(actor) }));

/** Invites a person. The answer holds the one-time link, which is shown only once. */
export const POST = handle("manage", async (context) => {
  const invited = inviteRequest.parse(await readJson(context.request));
  return Response.json(await inviteStaff(invited, context), { status: 201 });
});
