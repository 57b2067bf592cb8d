/** The states of a replay and what became of its items, with their labels. */
import type { ReplayOutcome, ReplayStatus, SkipReason } from "./vocabulary";

export const REPLAY_STATUS: Record<ReplayStatus, { label: string }> = {
  draft: { label: "Draft" },
  queued: { label: "Queued" },
  running: { label: "Running" },
  paused: { label: "Paused" },
  completed: { label: "Completed" },
  stopped: { label: "Stopped" },
  cancelled: { label: "Cancelled" },
};

/** The result of a replayed delivery. `already_correct` and `superseded` were delivered, and changed nothing. */
export const REPLAY_OUTCOME: Record<ReplayOutcome, { label: string; meaning: string }> = {
  changed: { label: "Changed", meaning: "Rows were created or updated." },
  already_correct: { label: "Already correct", meaning: "Delivered, and the rows were already correct." },
  superseded: { label: "Superseded", meaning: "Delivered, but newer events had written the rows." },
  delivered: { label: "Delivered", meaning: "The endpoint accepted it." },
  failed: { label: "Failed", meaning: "It failed again. The reason is shown with it." },
  skipped: { label: "Skipped", meaning: "It did not run. The reason is shown with it." },
};

export const SKIP_REASON: Record<SkipReason, { label: string; hint: string }> = {
  already_applied: { label: "Already delivered", hint: "Turn off “Skip already delivered events” to send it again." },
  superseded: { label: "Superseded", hint: "The endpoint has a newer event of the same object." },
  too_old: { label: "Too old", hint: "It is older than events may be replayed." },
  body_forgotten: { label: "Bytes deleted", hint: "Its bytes were deleted when their retention ended." },
  destination_paused: { label: "Destination paused", hint: "Resume the destination, then replay." },
  destination_disabled: { label: "Destination disabled", hint: "Enable the destination, then replay." },
  in_flight: { label: "In flight", hint: "It was waiting or being delivered at that moment." },
  predecessor_failed: {
    label: "Waits for an earlier one",
    hint: "An earlier event of the same object failed in this replay.",
  },
  stopped: { label: "Replay stopped", hint: "The replay stopped before it ran. Nothing was changed." },
  cancelled: { label: "Replay cancelled", hint: "The replay was cancelled before it ran. Nothing was changed." },
  test_mode: { label: "Test mode", hint: "The destination takes no events of this mode." },
};
