import { timingSafeEqual } from "node:crypto";
import { environment } from "@/lib/env";
import { problemBody } from "@/lib/errors";
import { requestIdOf } from "@/lib/pipeline/accept";
import { runOneTick } from "@/lib/pipeline/worker";

export const dynamic = "force-dynamic";

/** One bounded worker round, for serverless hosts: a cron job calls it with the bearer CRON_SECRET. */
export async function POST(request: Request): Promise<Response> {
  const given = Buffer.from(request.headers.get("authorization") ?? "");
  const wanted = Buffer.from(`Bearer ${environment().CRON_SECRET}`);
  if (!environment().CRON_SECRET || given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    const problem = { status: 401, title: "This is for the cron job.", detail: "Send the bearer CRON_SECRET." };
    return Response.json(problemBody(problem, requestIdOf({ headers: [...request.headers] })), { status: 401 });
  }
  return Response.json({ delivered: await runOneTick() });
}
