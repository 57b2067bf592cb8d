import { handleOpen, readJson } from "@/app/api/handle";
import { isFromAnotherSite } from "@/lib/auth/origin";
import { acceptInvitation } from "@/lib/auth/staff";
import { acceptRequest } from "@/lib/contract/api/staff";
import { Problem } from "@/lib/errors";
import { clientAddress } from "@/lib/front/client-address";

const FOREIGN = { status: 403, title: "This request comes from another site.", detail: "Open the link itself." };

/** Sets name and password with a one-time link, which is its own proof. Signs nobody in: that takes the password. */
export const POST = handleOpen(async ({ request, requestId }) => {
  // Before anything is counted: another site could make a browser use up its address's attempts.
  if (isFromAnotherSite(request)) throw new Problem(FOREIGN);
  const address = clientAddress(request.headers);
  const email = await acceptInvitation(acceptRequest.parse(await readJson(request)), { address, requestId });
  return { email };
});
