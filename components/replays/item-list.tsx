import { ListX } from "lucide-react";
import { useReplayItems } from "@/lib/client/live-replay";
import type { ItemOutcome, ReplayDetail } from "@/lib/client/replays";
import { count } from "../format";
import { Notice } from "../notice";
import { PreviewSkeleton } from "../replay-sheet/preview-skeleton";
import { OUTCOME_STYLE } from "../status/replay-status";
import { DataTable } from "../table/data-table";
import { Button } from "../ui/button";
import { ITEM_COLUMNS, ItemRow } from "./item-row";

/** The deliveries of a replay in the order they run, of one outcome or all. More are loaded on demand. */
export function ItemList({ replay, outcome }: { replay: ReplayDetail; outcome: ItemOutcome | undefined }) {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useReplayItems(replay, outcome);
  const items = data?.pages.flat();
  const total = outcome ? (replay.summary.outcomes[outcome] ?? 0) : replay.total;
  if (!items && error) {
    return (
      <p role="alert" className="py-4 text-red">
        Could not load the items. {error.message}{" "}
        <Button size="sm" onClick={() => refetch()}>
          Try again
        </Button>
      </p>
    );
  }
  if (!items) return <PreviewSkeleton lines={5} />;
  if (items.length === 0) return <NoItems outcome={outcome} />;
  return (
    <>
      <DataTable section caption="Deliveries in the order in which they run" columns={Object.values(ITEM_COLUMNS)}>
        {items.map((item) => (
          <ItemRow key={item.position} item={item} />
        ))}
      </DataTable>
      <p className="flex items-center justify-between gap-2 pt-3 text-faint text-sm">
        <span>
          {count(Math.min(items.length, total))} of {count(total)}
        </span>
        {hasNextPage && (
          <Button size="sm" disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
            {isFetchingNextPage ? "Reading…" : "Show more"}
          </Button>
        )}
      </p>
    </>
  );
}

function NoItems({ outcome }: { outcome: ItemOutcome | undefined }) {
  return (
    <Notice icon={ListX} title={outcome ? `None is “${OUTCOME_STYLE[outcome].label.toLowerCase()}”` : "No items"}>
      {outcome ? `${OUTCOME_STYLE[outcome].meaning} Items appear here as they finish.` : null}
    </Notice>
  );
}
