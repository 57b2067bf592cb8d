/** The Telnyx endpoint of the CloudGreet runbook: the same as /api/webhooks/telnyx. */
import { acceptFromNext } from "@/lib/pipeline/accept-from-next";

export const dynamic = "force-dynamic";
export const runtime = "nodejs";

export {
  acceptFromNext as DELETE,
  acceptFromNext as GET,
  acceptFromNext as HEAD,
  acceptFromNext as OPTIONS,
  acceptFromNext as PATCH,
  acceptFromNext as POST,
  acceptFromNext as PUT,
};
