import { timingSafeEqual } from "node:crypto";
import { environment } from "@/lib/env";
import { problemBody } from "@/lib/errors";
import { requestIdOf } from "@/lib/pipeline/accept";
import { runTick } from "@/lib/pipeline/worker";

export const dynamic = "force-dynamic";
/** TICK_SECONDS of claiming and 20 s for what is under way then. A host that ends functions sooner needs a smaller TICK_SECONDS. */
export const maxDuration = 60;

/** The worker for TICK_SECONDS, for serverless hosts: a cron job calls it with the bearer CRON_SECRET. */
export async function POST(request: Request): Promise<Response> {
  const given = Buffer.from(request.headers.get("authorization") ?? "");
  const wanted = Buffer.from(`Bearer ${environment().CRON_SECRET}`);
  if (!environment().CRON_SECRET || given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    const problem = { status: 401, title: "This is for the cron job.", detail: "Send the bearer CRON_SECRET." };
    return Response.json(problemBody(problem, requestIdOf({ headers: [...request.headers] })), { status: 401 });
  }
  const delivered = await runTick();
  return Response.json({ delivered: delivered ?? 0, already_running: delivered === null });
}
