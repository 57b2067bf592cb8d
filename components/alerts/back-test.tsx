"use client";

import { useMutation } from "@tanstack/react-query";
import { History } from "lucide-react";
import { useEffect, useEffectEvent } from "react";
import { backTestRule } from "@/lib/client/alerts";
import { ALERT_KIND, type AlertKind } from "@/lib/contract/alert-kinds";
import type { BackTest as Answer } from "@/lib/contract/api/alert-rules";
import { duration, plural } from "../format";
import { Problem } from "../forms/problem";
import { InertText } from "../inert-text";
import { ExactTime } from "../time";
import { Button } from "../ui/button";
import { aboutText } from "./alert-text";
import type { testedOf } from "./rule-draft";

const SHOWN = 8;

/** How often a rule would have fired on this very system, before it is saved. Other settings need another test. */
export function BackTest({ tested }: { tested: ReturnType<typeof testedOf> | null }) {
  const test = useMutation({ mutationFn: backTestRule });
  const forget = useEffectEvent(() => test.reset());
  const settings = JSON.stringify(tested);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was tested is not what is entered now
  useEffect(() => forget(), [settings]);
  return (
    <section aria-label="Test against the past" className="rounded-md border border-line-strong bg-sunken px-4 py-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="min-w-0 text-pretty" aria-live="polite" data-testid="back-test-result">
          <Verdict answer={test.data} pending={test.isPending} />
        </p>
        <Button
          size="sm"
          data-testid="back-test"
          disabled={tested === null || test.isPending}
          onClick={() => tested && test.mutate(tested)}
        >
          <History /> {test.isPending ? "Testing…" : "Test against the last 14 days"}
        </Button>
      </div>
      {test.data && tested && test.data.times.length > 0 && <Times answer={test.data} unit={unitOf(tested.kind)} />}
      <Problem error={test.error} before="It was not tested." />
    </section>
  );
}

/** What the number at the end of a text counts. Silences and drops say all in words. */
function unitOf(kind: AlertKind): string | undefined {
  return kind === "silence" || kind === "drop" ? undefined : ALERT_KIND[kind].unit;
}

function Verdict({ answer, pending }: { answer: Answer | undefined; pending: boolean }) {
  if (pending) return <span className="text-quiet">Reading what was counted…</span>;
  if (!answer) return <span className="text-quiet">How often would it have fired?</span>;
  if (answer.problem) return <InertText text={answer.problem} />;
  const { would_have_fired: times } = answer;
  if (times === 0) return <>Would not have fired in the last 14 days, here.</>;
  return (
    <>
      Would have fired <strong className="font-semibold">{times === 1 ? "once" : plural(times, "time")}</strong> in the
      last 14 days, here.
    </>
  );
}

function Times({ answer: { times, would_have_fired }, unit }: { answer: Answer; unit: string | undefined }) {
  const shown = times.slice(0, SHOWN);
  return (
    <ol className="mt-2 border-t">
      {shown.map((time) => (
        <li
          key={`${time.fired_at} ${time.provider_slug} ${time.destination_id} ${time.event_type} ${time.org_id}`}
          data-testid="back-test-time"
          className="flex flex-wrap items-baseline gap-x-3 border-b py-1.5 last:border-b-0"
        >
          <ExactTime at={time.fired_at} className="tabular-nums" />
          <span className="min-w-0 flex-1 text-quiet [overflow-wrap:anywhere]">
            <InertText
              text={
                time.text
                  ? [time.text, unit].filter(Boolean).join(" ")
                  : (aboutText({ ...time, destination: null }) ?? "")
              }
            />
          </span>
          <span className="text-faint text-sm tabular-nums">
            {time.resolved_at
              ? `for ${duration(Date.parse(time.resolved_at) - Date.parse(time.fired_at))}`
              : "until now"}
          </span>
        </li>
      ))}
      {would_have_fired > shown.length && (
        <li className="pt-1.5 text-faint text-sm">and {plural(would_have_fired - shown.length, "earlier time")}</li>
      )}
    </ol>
  );
}
