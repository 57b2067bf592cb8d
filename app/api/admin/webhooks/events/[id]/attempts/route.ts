import { handle } from "@/app/api/handle";
import { listAttempts } from "@/lib/queries/merchant-events";
import { Refusal } from "@/lib/refusals";

/** Every delivery attempt of an event, oldest first. */
export const GET = handle("view", async ({ params, actor }) => {
  const attempts = await listAttempts(String(params.id), actor);
  if (!attempts) throw new Refusal("no_such_event");
  return attempts;
});
