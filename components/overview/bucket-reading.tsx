import type { Bucket } from "../charts/buckets";
import { type Series, Swatch } from "../charts/legend";
import { count, localTime, percent } from "../format";
import { providerName } from "../provider";
import { cn } from "../ui/cn";
import { OUTCOMES } from "./volume-bars";

/** The crosshair and every series at that time. `position` is 0 at the left edge, 1 at the right. */
export function BucketReading({
  bucket,
  providers,
  single,
  position,
  action,
}: {
  bucket: Bucket;
  providers: Series[];
  /** The one provider that is meant, if any. */
  single: string | null;
  position: number;
  /** What a click would do, and for whom. */
  action: { verb: string; provider: string | null };
}) {
  const outcomes = OUTCOMES.filter(({ name }) => bucket.total[name] > 0);
  return (
    <>
      <span className="absolute inset-y-0 w-px bg-line-strong" style={{ left: `${position * 100}%` }} />
      <span
        className={cn(
          "absolute top-2 z-10 w-56 rounded-md border bg-raised p-2.5 text-sm shadow-float max-sm:w-44",
          position > 0.5 && "-translate-x-full",
        )}
        style={{ left: `calc(${position * 100}% + ${position > 0.5 ? -10 : 10}px)` }}
      >
        <span className="mb-1.5 block text-quiet tabular-nums">{localTime(new Date(bucket.from).toISOString())}</span>
        <Reading
          swatch={<Swatch colour="var(--ink)" width={2} />}
          name="All"
          value={percent(bucket.rate)}
          strong={single === null}
        />
        {providers.map(({ slug, colour }) => {
          const counts = bucket.providers[slug];
          return (
            <Reading
              key={slug}
              swatch={<Swatch colour={colour} />}
              name={providerName(slug)}
              value={counts ? percent(counts.rate) : "–"}
              strong={slug === single}
            />
          );
        })}
        {outcomes.length > 0 && <span className="my-1.5 block border-t" />}
        {outcomes.map(({ name, label, colour }) => (
          <Reading
            key={name}
            swatch={<span className="mx-1.25 size-2 rounded-[2px]" style={{ background: colour }} />}
            name={label}
            value={count(bucket.total[name])}
          />
        ))}
        <span className="mt-1.5 block border-t pt-1.5 text-faint text-xs">
          {action.verb}
          {action.provider && ` of ${providerName(action.provider)}`}
        </span>
      </span>
    </>
  );
}

function Reading(props: { swatch: React.ReactNode; name: string; value: string; strong?: boolean }) {
  return (
    <span className={cn("flex h-5 items-center gap-2", props.strong && "font-medium")}>
      {props.swatch}
      <span className="flex-1 truncate">{props.name}</span>
      <span className="tabular-nums">{props.value}</span>
    </span>
  );
}
