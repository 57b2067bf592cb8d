import { handle } from "@/app/api/handle";
import { listCoverage } from "@/lib/queries/coverage";

/** Every source with what its provider can prove, its keys, its schedule, and what is missing. */
export const GET = handle("view", async ({ actor }) => ({ sources: await listCoverage(actor) }));
