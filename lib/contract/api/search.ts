/** `GET /api/search`. The types stand in ../search.ts. */
import { z } from "zod";
import type { Found } from "../search";
import { count, eventStatus, replayStatus, time } from "./values";

/** As long as the longest key. */
export const searchRequest = z.object({ q: z.string().trim().min(1, "enter a search text").max(1024) });

export const searchAnswer: z.ZodType<Found> = z.object({
  events: z.array(
    z.object({
      id: z.string(),
      event_key: z.string(),
      event_type: z.string(),
      provider_slug: z.string(),
      organisation_id: z.string().nullable(),
      status: eventStatus,
      received_at: time,
    }),
  ),
  replays: z.array(
    z.object({ id: z.string(), status: replayStatus, reason: z.string(), total: count, created_at: time }),
  ),
  destinations: z.array(
    z.object({
      id: z.string(),
      slug: z.string(),
      name: z.string(),
      organisation_id: z.string().nullable(),
      enabled: z.boolean(),
    }),
  ),
  organisations: z.array(z.string()),
});
