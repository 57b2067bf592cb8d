import { z } from "zod";
import { handle, readJson } from "@/app/api/handle";
import { replayOne } from "./replay-one";

const body = z.object({
  reason: z.string().trim().min(3, "say in a few words why").max(1000).optional(),
  /** False answers at once with `queued`. */
  wait: z.boolean().default(true),
});

/** Replays one event, as the OutboundEngine runbook calls it. An event key may hold slashes. */
export const POST = handle("replay", async (context) => {
  const { provider, key } = context.params;
  const eventKey = (Array.isArray(key) ? key : [key ?? ""]).map(decodeURIComponent).join("/");
  return replayOne(String(provider), eventKey, body.parse(await readJson(context.request)), context);
});
