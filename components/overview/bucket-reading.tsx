import type { Bucket } from "../charts/buckets";
import { type Series, Swatch } from "../charts/legend";
import { ReadingBox, ReadingLine } from "../charts/reading-box";
import { count, localTime, percent } from "../format";
import { providerName } from "../provider";
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
  /** The one provider that is singled out, if any. */
  single: string | null;
  position: number;
  /** What a click would open, and for which provider. */
  action: { verb: string; provider: string | null };
}) {
  const outcomes = OUTCOMES.filter(({ name }) => bucket.total[name] > 0);
  return (
    <>
      <span className="absolute inset-y-0 w-px bg-line-strong" style={{ left: `${position * 100}%` }} />
      <ReadingBox position={position} away={10} className="top-2 z-10 w-56 max-sm:w-44">
        <span className="mb-1.5 block text-quiet tabular-nums">{localTime(new Date(bucket.from).toISOString())}</span>
        <ReadingLine
          swatch={<Swatch colour="var(--ink)" width={2} />}
          name="All"
          value={percent(bucket.rate)}
          strong={single === null}
        />
        {providers.map(({ slug, colour }) => {
          const counts = bucket.providers[slug];
          return (
            <ReadingLine
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
          <ReadingLine
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
      </ReadingBox>
    </>
  );
}
