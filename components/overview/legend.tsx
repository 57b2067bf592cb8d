import { providerName } from "../provider";
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

/** Names the lines. Pointing at a name singles its line out, so that colour is not the only way to tell them apart. */
export function Legend({ providers, onSingle }: { providers: Series[]; onSingle: (slug: string | null) => void }) {
  return (
    <ul className="flex flex-wrap gap-x-1 gap-y-1 text-quiet text-sm">
      <li className="flex items-center gap-1.5 px-1.5">
        <Swatch colour="var(--ink)" width={2.25} /> All
      </li>
      {providers.map(({ slug, colour }) => (
        <li key={slug}>
          <button
            type="button"
            className="flex items-center gap-1.5 rounded-sm px-1.5 hover:text-ink"
            onPointerEnter={() => onSingle(slug)}
            onPointerLeave={() => onSingle(null)}
            onFocus={() => onSingle(slug)}
            onBlur={() => onSingle(null)}
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
