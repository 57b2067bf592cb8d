/** accept through a source's own URL. The named routes under /api/webhooks take precedence over this one. */
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
