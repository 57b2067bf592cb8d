import { handle } from "@/app/api/handle";
import { requireAlert } from "@/lib/queries/alerts";

/** One alert, with whom it was told. */
export const GET = handle("view", ({ params, actor }) => requireAlert(String(params.id), actor));
