import { handleOpen, readJson } from "@/app/api/handle";
import { isFromAnotherSite } from "@/lib/auth/origin";
import { acceptInvitation } from "@/lib/commands/invitations";
import { acceptRequest } from "@/lib/contract/api/staff";
import { clientAddress } from "@/lib/front/client-address";
import { Refusal } from "@/lib/refusals";

/** Sets name and password. The one-time link is the proof. Does not sign in: that takes the password. */
export const POST = handleOpen(async ({ request, requestId }) => {
  // Before anything is counted: another site could make a browser use up its address's attempts.
  if (isFromAnotherSite(request)) throw new Refusal("other_site", { way: "link" });
  const address = clientAddress(request.headers);
  const email = await acceptInvitation(acceptRequest.parse(await readJson(request)), { address, requestId });
  return { email };
});
