import { handle } from "@/app/api/handle";
import { getFinding } from "@/lib/queries/findings";

/** One finding with what a back-fill would store. Secrets in it are masked. */
export const GET = handle("view", ({ params, actor }) => getFinding(String(params.id), String(params.finding), actor));
