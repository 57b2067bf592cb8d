import { handleOpen, readJson } from "@/app/api/handle";
import { acceptInvitation } from "@/lib/auth/staff";
import { acceptRequest } from "@/lib/contract/api/staff";
import { clientAddress } from "@/lib/front/client-address";

/** Sets name and password with a one-time link, which is its own proof. Signs nobody in: that takes the password. */
export const POST = handleOpen(async ({ request, requestId }) => {
  const address = clientAddress(request.headers);
  const email = await acceptInvitation(acceptRequest.parse(await readJson(request)), { address, requestId });
  return { email };
});
