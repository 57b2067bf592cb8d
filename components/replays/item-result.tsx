import { ERROR_CLASS } from "@/lib/contract/error-classes";
import { SKIP_REASON } from "@/lib/contract/replay-words";
import type { ReplayItem } from "@/lib/contract/replays";
import { duration, plural } from "../format";
import { holdShort } from "../holds/hold-text";
import { InertText } from "../inert-text";
import { EFFECT } from "../status/effects";
import { DueTime, useClockFormat } from "../time";
import { firstDifference, written } from "./differences";

/** The proof of an item's outcome: the fields it changed, the endpoint's answer, or the reason. */
export function ItemResult({ item }: { item: ReplayItem }) {
  const { outcome, skip_reason, error_class, detail } = item;
  if (outcome === null) return <Waiting item={item} />;
  if (skip_reason) return <span title={SKIP_REASON[skip_reason].hint}>{SKIP_REASON[skip_reason].label}</span>;
  if (outcome === "failed") {
    return (
      <span title={detail ?? undefined}>
        <span className="block truncate">{error_class ? ERROR_CLASS[error_class].label : "Failed"}</span>
        {detail && (
          <span className="block truncate text-faint text-xs">
            <InertText text={detail} />
          </span>
        )}
      </span>
    );
  }
  if (outcome === "changed") return <Changed item={item} />;
  if (item.http_status) return `${item.http_status}${tookText(item)}`;
  return item.changes.length > 0 ? EFFECT[outcome === "superseded" ? "superseded" : "unchanged"].meaning : null;
}

/** The most telling field, before and after, and the number of other changes. */
function Changed({ item }: { item: ReplayItem }) {
  const first = firstDifference(item.changes);
  const rows = written(item.changes).length;
  if (!first) return plural(rows, "row");
  const more = [first.others > 0 && plural(first.others, "more field"), rows > 1 && plural(rows, "row")];
  return (
    <>
      <span className="block truncate text-faint text-xs">
        <InertText text={[first.name, ...more.filter(Boolean)].join(", ")} />
      </span>
      <code className="block truncate font-mono text-sm">
        {first.before !== null && <InertText text={first.before} />}
        <span className="text-faint">{first.before === null ? "new: " : " → "}</span>
        <InertText text={first.after} />
      </code>
    </>
  );
}

function Waiting({ item: { hold, next_retry, attempts, delivery_status } }: { item: ReplayItem }) {
  const clock = useClockFormat();
  if (delivery_status === "claimed") return "at the endpoint";
  // A due retry that is held does not run: its hold says when it will.
  const held = hold && `waits: ${holdShort(hold, clock)}`;
  if (!next_retry || attempts === 0) return held ?? "queued";
  return (
    <>
      attempt {attempts} failed, {held ?? <Retry at={next_retry} />}
    </>
  );
}

function Retry({ at }: { at: string }) {
  return (
    <>
      retry <DueTime at={at} />
    </>
  );
}

function tookText({ duration_ms }: ReplayItem): string {
  return duration_ms === null ? "" : ` in ${duration(duration_ms)}`;
}
