import { providerName } from "../provider";
import { cn } from "../ui/cn";
import type { Bucket } from "./buckets";

const SERIES = [
  "var(--series-1)",
  "var(--series-2)",
  "var(--series-3)",
  "var(--series-4)",
  "var(--series-5)",
  "var(--series-6)",
];

export interface Series {
  slug: string;
  colour: string;
}

/** The providers that sent anything, each with the line it keeps on every chart. */
export function providersIn(buckets: Bucket[]): Series[] {
  const slugs = [...new Set(buckets.flatMap(({ providers }) => Object.keys(providers)))].sort();
  return slugs.map((slug, index) => ({
    slug,
    colour: SERIES[index % SERIES.length] as string,
  }));
}

/** Names the lines. Pointing at a name singles its line out, so that colour is not the only way to tell them apart; choosing it keeps that. */
export function Legend({
  providers,
  pinned,
  onPoint,
  onPin,
}: {
  providers: Series[];
  pinned: string | null;
  onPoint: (slug: string | null) => void;
  onPin: (slug: string | null) => void;
}) {
  return (
    <ul className="-mx-1.5 flex flex-wrap gap-x-1 gap-y-1 text-quiet text-sm">
      <li className="flex items-center gap-1.5 px-1.5">
        <Swatch colour="var(--ink)" width={2.25} /> All
      </li>
      {providers.map(({ slug, colour }) => (
        <li key={slug}>
          <button
            type="button"
            aria-pressed={pinned === slug}
            className={cn(
              "flex items-center gap-1.5 rounded-sm px-1.5 hover:text-ink",
              pinned === slug && "bg-hover text-ink",
            )}
            onPointerEnter={() => onPoint(slug)}
            onPointerLeave={() => onPoint(null)}
            onFocus={() => onPoint(slug)}
            onBlur={() => onPoint(null)}
            onClick={() => onPin(pinned === slug ? null : slug)}
          >
            <Swatch colour={colour} /> {providerName(slug)}
          </button>
        </li>
      ))}
    </ul>
  );
}

export function Swatch({ colour, width = 1.5 }: { colour: string; width?: number }) {
  return (
    <svg width="14" height="6" aria-hidden="true" className="shrink-0">
      <line x1="1" x2="13" y1="3" y2="3" stroke={colour} strokeWidth={width} strokeLinecap="round" />
    </svg>
  );
}
