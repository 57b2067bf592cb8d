/** Deliveries of an event and their attempts. */
import { z } from "zod";
import { hold } from "./holds";
import { attemptStatus, changeResult, count, deliveryStatus, errorClass, time } from "./values";

export const kind = z.enum(["tables", "http"]);

export const headers = z.array(z.tuple([z.string(), z.string()]));

const attempt = z
  .object({
    id: z.string().describe("wa_ and the number of the attempt."),
    /** 1 for the first attempt of its delivery. */
    number: z.int().min(1),
    status: attemptStatus,
    started_at: time,
    finished_at: time.nullable(),
    duration_ms: count.nullable(),
    http_status: z.int().nullable(),
    error_class: errorClass.nullable(),
    error: z.string().nullable(),
    response_headers: headers.nullable(),
    /** Up to 16 KB of the answer as text. */
    response_body: z.string().nullable(),
    response_truncated: z.boolean(),
    /** When the next attempt was due, for a failed attempt that is retried. */
    retry_at: time.nullable(),
    replay_id: z.string().nullable(),
    worker: z.string(),
    changes: z.array(changeResult),
  })
  .meta({ id: "Attempt" });

export type Attempt = z.infer<typeof attempt>;

export const delivery = z
  .object({
    id: z.int(),
    destination: z.object({
      id: z.int(),
      slug: z.string(),
      name: z.string(),
      kind,
      url: z.string().nullable(),
      rate_per_second: z.number().nullable().describe("Null: no limit, or another organisation's destination."),
    }),
    status: deliveryStatus,
    attempt_count: count,
    tries: count.describe("Attempts of the current run. A replay starts counting again."),
    /** Of the run that the delivery is in. */
    max_attempts: count,
    hold: hold.nullable(),
    due_at: time.nullable(),
    last_error_class: errorClass.nullable(),
    last_error: z.string().nullable(),
    last_http_status: z.int().nullable(),
    replay_id: z.string().nullable(),
    created_at: time,
    finished_at: time.nullable(),
    attempts: z.array(attempt),
  })
  .meta({ id: "Delivery" });

export type Delivery = z.infer<typeof delivery>;
