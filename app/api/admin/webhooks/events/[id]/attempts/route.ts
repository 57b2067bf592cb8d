import { handle } from "@/app/api/handle";
import { Problem } from "@/lib/errors";
import { listAttempts } from "@/lib/queries/merchant-events";

/** Every delivery attempt of an event, oldest first. */
export const GET = handle("view", async ({ params, actor }) => {
  const attempts = await listAttempts(String(params.id), actor);
  if (!attempts) throw new Problem({ status: 404, title: "There is no such event.", detail: "Ids look like we_123." });
  return attempts;
});
