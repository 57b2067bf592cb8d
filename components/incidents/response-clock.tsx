"use client";

import { useNow } from "@/lib/client/clock";
import { type IncidentInBrief, isClosed } from "@/lib/contract/incident-words";
import { duration } from "../format";
import { cn } from "../ui/cn";

type Clocked = Pick<IncidentInBrief, "opened_at" | "respond_by" | "responded_at" | "state">;

/** How soon the severity wants a response: the time left, by how much it is late, or how long it took. */
export function ResponseClock({ incident, className }: { incident: Clocked; className?: string }) {
  const now = useNow();
  const { tone, words } = clockOf(incident, now);
  return (
    <span suppressHydrationWarning data-testid="response-clock" className={cn("tabular-nums", tone, className)}>
      {words}
    </span>
  );
}

function clockOf(
  { opened_at, respond_by, responded_at, state }: Clocked,
  now: number,
): { tone: string; words: string } {
  const [opened, due] = [Date.parse(opened_at), Date.parse(respond_by)];
  if (responded_at !== null) {
    const took = Math.max(0, Date.parse(responded_at) - opened);
    // Within the first minute also counts where the severity says "at once".
    const late = Date.parse(responded_at) - Math.max(due, opened + 60_000);
    return late > 0
      ? { tone: "text-amber", words: `Taken after ${duration(took)}, ${duration(late)} late` }
      : { tone: "text-quiet", words: `Taken after ${duration(took)}` };
  }
  if (isClosed(state)) return { tone: "text-quiet", words: "Closed without an owner" };
  const left = due - now;
  if (left > 0) return { tone: left < 300_000 ? "text-amber" : "text-quiet", words: `Owner due in ${duration(left)}` };
  return {
    tone: "font-medium text-red",
    words: now - due < 60_000 ? "Owner due now" : `Owner overdue by ${duration(now - due)}`,
  };
}
