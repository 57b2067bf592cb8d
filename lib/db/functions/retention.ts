/** Answers and arguments of the SQL functions of retention (supabase/schemas/202, 558, 66x, 899). */
import type { RetentionClass, StoredRetention } from "@/lib/contract/api/retention";

/** When the bytes of an event were deleted, and under a retention of how many days. */
export interface BodyForgotten {
  at: string | null;
  days: number | null;
}

export interface Partition {
  name: string;
  from_id: number;
  to_id: number;
}

export interface RetentionAnswers {
  ensure_body_partitions: { result: "enough" | "made" | "busy" | "again"; ahead?: number };
  take_retention_turn: boolean;
  end_retention_turn: null;
  find_forgettable_bodies: Partition | null;
  drop_bodies: { result: "dropped" | "kept" | "busy"; rows: number };
  /** `last` is the cursor of the next call. `ended`: what follows is newer than any horizon. */
  list_forgettable: { ids: number[]; last: number; ended: boolean };
  read_forgettable: Record<string, unknown>[];
  forget_rows: { result: "done" | "busy"; rows: number };
  read_retention: StoredRetention;
  read_retention_health: { ahead: number; problem: string | null };
  change_retention: { result: "done" | "beyond_scope" } | { result: "confirm"; rows: number };
}

export interface RetentionArguments {
  end_retention_turn: { p_problem: string | null };
  drop_bodies: { p_exported: number | null; p_file: string | null };
  list_forgettable: { p_before: number | null };
  forget_rows: { p_file: string | null };
  change_retention: { p_organisation_id: string | null; p_days: number | null };
}

export type { RetentionClass };
