"use client";

import { ChevronDown } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState } from "react";
import { KPI_DAYS, type KpiPeriod } from "@/lib/contract/kpi-period";
import { FieldNotes } from "../forms/field";
import { kpisAddress } from "../links";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { Input } from "../ui/input";
import { Popover, PopoverContent, PopoverTrigger } from "../ui/popover";
import { daysOf, dayText } from "./kpi-days";

const DAY_MS = 86_400_000;

/** The period, kept in the address: the last days, or other days. */
export function KpiPeriodBar({ period, from, to }: { period: KpiPeriod; from: string; to: string }) {
  const chosen = "days" in period ? period.days : null;
  const [open, setOpen] = useState(false);
  const [first, last] = daysOf({ from, to });
  return (
    <nav aria-label="Period" className="flex max-w-full flex-wrap rounded-md bg-hover p-0.5">
      {KPI_DAYS.map((days) => (
        <Link
          key={days}
          href={kpisAddress({ days, by: period.by })}
          scroll={false}
          aria-current={days === chosen ? "true" : undefined}
          className={choice(days === chosen)}
        >
          {days} days
        </Link>
      ))}
      <Popover open={open} onOpenChange={setOpen}>
        <PopoverTrigger data-testid="kpi-other-days" className={cn(choice(chosen === null), "gap-1")}>
          {chosen === null ? `${dayText(first)} to ${dayText(last)}` : "Other"}
          <ChevronDown aria-hidden="true" className="size-3 text-faint" />
        </PopoverTrigger>
        <PopoverContent align="end">
          <OtherDays first={first} last={last} by={period.by} onChosen={() => setOpen(false)} />
        </PopoverContent>
      </Popover>
    </nav>
  );
}

function choice(isChosen: boolean): string {
  return cn(
    "flex h-7 items-center rounded-sm px-2 text-quiet text-sm tabular-nums transition-colors duration-150 hover:text-ink",
    isChosen && "bg-raised font-medium text-ink ring-1 ring-line",
  );
}

function OtherDays({
  first,
  last,
  by,
  onChosen,
}: {
  first: string;
  last: string;
  by: KpiPeriod["by"];
  onChosen: () => void;
}) {
  const id = useId();
  const router = useRouter();
  const [problem, setProblem] = useState<string | null>(null);
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const from = Date.parse(`${form.get("from")}T00:00:00Z`);
    const to = Date.parse(`${form.get("to")}T00:00:00Z`) + DAY_MS;
    if (to <= from) return setProblem("This must not be before the first day.");
    if (to - from > 92 * DAY_MS) return setProblem("Choose at most 92 days.");
    onChosen();
    router.push(kpisAddress({ from_ts: isoOf(from), to_ts: isoOf(to), by }), { scroll: false });
  }
  return (
    <form onSubmit={submit} onChange={() => setProblem(null)} className="flex w-56 flex-col gap-2 p-2">
      <label htmlFor={`${id}-from`} className="text-quiet text-sm">
        First day
        <Input id={`${id}-from`} name="from" type="date" required defaultValue={first} className="mt-1" />
      </label>
      <label htmlFor={id} className="text-quiet text-sm">
        Last day
        <Input
          id={id}
          name="to"
          type="date"
          required
          defaultValue={last}
          className="mt-1"
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? `${id}-problem` : `${id}-help`}
        />
      </label>
      <FieldNotes id={id} help="Included. Days are those of UTC." problem={problem} />
      <Button type="submit" variant="primary" size="sm">
        Show
      </Button>
    </form>
  );
}

const isoOf = (ms: number) => new Date(ms).toISOString().replace(".000Z", "Z");
