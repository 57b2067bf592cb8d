import type { ReactNode } from "react";
import type { BreakerState, Destination } from "@/lib/contract/destinations";
import { count, duration, percent } from "../format";
import { RelativeTime } from "../time";
import { cn } from "../ui/cn";

const CIRCUIT: Record<BreakerState, { word: string; meaning: string; tone?: string }> = {
  closed: { word: "Closed", meaning: "deliveries run" },
  open: { word: "Open", meaning: "deliveries wait", tone: "text-red" },
  half_open: { word: "Half open", meaning: "one test delivery is sent", tone: "text-amber" },
};

/** Its health of the last 24 hours in six figures. */
export function HealthTiles({ destination: { health, timeout_ms, kind } }: { destination: Destination }) {
  const { success_rate, succeeded, failed, p50_ms, p95_ms, consecutive_failures, failing_since } = health;
  const circuit = CIRCUIT[health.breaker];
  return (
    <dl
      aria-label="Health of the last 24 hours"
      className="mt-6 grid grid-cols-6 gap-y-5 max-xl:grid-cols-3 max-md:grid-cols-2"
    >
      <Tile
        name="Success rate"
        tone={success_rate !== null && success_rate < 90 ? "text-red" : undefined}
        below={
          failed + succeeded === 0 ? "nothing sent in 24 h" : `${count(failed)} of ${count(failed + succeeded)} failed`
        }
      >
        {percent(success_rate)}
      </Tile>
      <Tile name="Median latency" below="p50 of responses">
        {p50_ms === null ? "–" : duration(p50_ms)}
      </Tile>
      <Tile name="p95 latency" below={kind === "http" ? `p95; limit ${duration(timeout_ms).replace(".0", "")}` : "p95"}>
        {p95_ms === null ? "–" : duration(p95_ms)}
      </Tile>
      <Tile
        name="Failures in a row"
        tone={consecutive_failures > 0 ? "text-red" : undefined}
        below={
          failing_since ? (
            <>
              since <RelativeTime at={failing_since} />
            </>
          ) : (
            "none now"
          )
        }
      >
        {count(consecutive_failures)}
      </Tile>
      <Tile
        name="Last success"
        below={
          health.last_failure_at ? (
            <>
              last failure <RelativeTime at={health.last_failure_at} />
            </>
          ) : (
            "no failure yet"
          )
        }
      >
        {health.last_success_at ? <RelativeTime at={health.last_success_at} /> : "never"}
      </Tile>
      <Tile name="Circuit" tone={circuit.tone} below={circuit.meaning}>
        {circuit.word}
      </Tile>
    </dl>
  );
}

function Tile({ name, tone, below, children }: { name: string; tone?: string; below: ReactNode; children: ReactNode }) {
  return (
    <div className="min-w-0 border-l px-4 max-md:odd:border-l-0 max-md:odd:pl-0 md:max-xl:nth-[3n+1]:border-l-0 md:max-xl:nth-[3n+1]:pl-0 xl:first:border-l-0 xl:first:pl-0">
      <dt className="truncate text-quiet text-sm">{name}</dt>
      <dd>
        <span
          className={cn("mt-0.5 block truncate font-semibold text-xl tabular-nums tracking-tight max-md:text-lg", tone)}
        >
          {children}
        </span>
        <span className="mt-0.5 block truncate text-faint text-sm tabular-nums">{below}</span>
      </dd>
    </div>
  );
}
