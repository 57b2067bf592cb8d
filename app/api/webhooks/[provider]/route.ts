/** accept: raw bytes in, 2xx out. /api/stripe/webhook and /api/telnyx/webhook do the same. */
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
