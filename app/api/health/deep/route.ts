import { handle } from "@/app/api/handle";
import { readDeepHealth } from "@/lib/queries/health";

/** What works and what does not, each with what to do: for those signed in, since it would help a stranger. */
export const GET = handle("view", () => readDeepHealth());
