import { handle } from "@/app/api/handle";
import { listOrganisations } from "@/lib/queries/organisations";

/** The organisations that have events, to choose from. */
export const GET = handle("manage", async ({ actor }) => ({ organisations: await listOrganisations(actor) }));
