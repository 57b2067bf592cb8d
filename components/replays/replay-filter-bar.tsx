"use client";

import { useRouter } from "next/navigation";
import { useTransition } from "react";
import type { ReplayFilter } from "@/lib/contract/replay-filter";
import { REPLAY_STATUS } from "@/lib/contract/replay-words";
import type { ReplayStatus } from "@/lib/contract/vocabulary";
import { Checklist } from "../filters/checklist";
import { FilterChip } from "../filters/filter-chip";
import { SearchField } from "../filters/search-field";
import { replaysAddress } from "../links";
import { REPLAY_STATUS_STYLE } from "../status/replay-status";
import { StatusIcon } from "../status/status-badge";
import { Button } from "../ui/button";

// Drafts are previews that were not started.
const statuses = (Object.keys(REPLAY_STATUS) as ReplayStatus[])
  .filter((status) => status !== "draft")
  .map((status) => ({
    value: status,
    label: REPLAY_STATUS[status].label,
    icon: <StatusIcon look={REPLAY_STATUS_STYLE[status]} />,
  }));

/** The filter of the list. Its only state is the address. */
export function ReplayFilterBar({ filter }: { filter: ReplayFilter }) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const go = (next: ReplayFilter, how: "push" | "replace" = "push") =>
    startTransition(() => router[how](replaysAddress(next), { scroll: false }));
  const words = filter.status?.map((status) => REPLAY_STATUS[status].label.toLowerCase()).join(" or ") || null;
  return (
    <search aria-label="Filter replays" aria-busy={pending} className="flex items-start gap-2.5 pb-3 max-md:flex-col">
      <SearchField
        label="Search reasons and people"
        value={filter.q}
        pending={pending}
        onSearch={(q) => go({ ...filter, q }, "replace")}
      />
      <div className="flex gap-1.5">
        <FilterChip name="status" words={words} onClear={() => go({ ...filter, status: undefined })}>
          <Checklist options={statuses} chosen={filter.status} onChange={(status) => go({ ...filter, status })} />
        </FilterChip>
        {(words || filter.q) && (
          <Button variant="ghost" size="sm" onClick={() => go({})}>
            Clear
          </Button>
        )}
      </div>
    </search>
  );
}
