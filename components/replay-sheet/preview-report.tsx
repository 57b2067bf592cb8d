import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { Drafted } from "@/lib/client/replays";
import { SKIP_REASON } from "@/lib/contract/replay-words";
import type { ReplayPreview } from "@/lib/contract/replays";
import type { SkipReason } from "@/lib/contract/vocabulary";
import { count, plural } from "../format";
import { HoldLine } from "../holds/hold-line";
import { replayHoldSentence } from "../holds/hold-text";
import { TryNowButton } from "../holds/try-now-button";
import { ChangeRow } from "../status/change-row";
import { useClockFormat } from "../time";
import { Button } from "../ui/button";
import { impactText, outcomeText, rowText, warningsOf } from "./preview-text";

const ROWS_AT_FIRST = 2;

/** What a draft would do, most important first: what runs, warnings, what is skipped, which rows change. */
export function PreviewReport({ drafted, onTried }: { drafted: Drafted; onTried: () => void }) {
  const clock = useClockFormat();
  const { preview } = drafted;
  const rows = rowText(preview);
  return (
    <>
      <p className="font-medium text-lg" data-testid="preview-outcome">
        {outcomeText(preview)}
      </p>
      {rows && <p data-testid="preview-rows">{rows}</p>}
      <p className="text-quiet">{impactText(preview)}</p>
      {preview.holds.map((hold) => (
        <HoldLine key={`${hold.destination_id} ${hold.why}`} words={replayHoldSentence(hold, clock)}>
          {hold.why === "circuit" && <TryNowButton destinationId={hold.destination_id} size="sm" onTried={onTried} />}
        </HoldLine>
      ))}
      {warningsOf(drafted).map((warning) => (
        <p key={warning} className="mt-2 flex gap-2 text-amber">
          <TriangleAlert aria-hidden="true" className="mt-0.75 size-3.5 shrink-0" />
          <span className="min-w-0 [overflow-wrap:anywhere]">{warning}</span>
        </p>
      ))}
      <Skipped reasons={preview.to_skip} />
      <RowDifferences changes={preview.changes} />
    </>
  );
}

function Skipped({ reasons }: { reasons: ReplayPreview["to_skip"] }) {
  const entries = Object.entries(reasons) as [SkipReason, number][];
  if (entries.length === 0) return null;
  return (
    <ul className="mt-2.5 border-y" data-testid="preview-skipped">
      {entries.map(([reason, times]) => (
        <li key={reason} className="flex items-baseline gap-3 border-b py-1.5 last:border-0">
          <span className="w-8 shrink-0 text-right tabular-nums">{count(times)}</span>
          <span>
            {SKIP_REASON[reason].label}. <span className="text-quiet">{SKIP_REASON[reason].hint}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function RowDifferences({ changes }: { changes: ReplayPreview["changes"] }) {
  const [all, setAll] = useState(false);
  const { rows } = changes;
  if (rows.length === 0) return null;
  // Updated rows come first: they say more than created ones.
  const updatesFirst = rows.toSorted((a, b) => Number(b.effect === "updated") - Number(a.effect === "updated"));
  const shown = all ? rows : updatesFirst.slice(0, ROWS_AT_FIRST);
  const beyond = changes.created + changes.updated - rows.length;
  return (
    <div className="mt-3 rounded-md bg-sunken px-3 pt-1 pb-3" data-testid="preview-differences">
      {shown.map((change, index) => (
        // The same row may change twice, one event after the other.
        // biome-ignore lint/suspicious/noArrayIndexKey: one preview never reorders
        <ChangeRow key={`${index} ${JSON.stringify(change.key)}`} change={change} />
      ))}
      {rows.length > ROWS_AT_FIRST && (
        <Button size="sm" className="mt-3" onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? "Show fewer" : `Show all ${plural(rows.length, "row")}`}
        </Button>
      )}
      {all && beyond > 0 && <p className="mt-2 text-quiet text-sm">{plural(beyond, "more row")} not listed here.</p>}
    </div>
  );
}
