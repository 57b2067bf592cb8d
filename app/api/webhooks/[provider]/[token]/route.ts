/** accept through a source's own URL. A person's paths under /api/webhooks are routes by name, and those win over this. */
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
