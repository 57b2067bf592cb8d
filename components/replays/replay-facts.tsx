import type { ReplayDetail } from "@/lib/client/replays";
import { CopyButton } from "../copy-button";
import { Fact } from "../fact";
import { selectionText } from "../filters/selection-text";
import { InertText } from "../inert-text";
import { MiddleTruncated } from "../middle-truncated";
import { optionText, sentence } from "../replay-sheet/options-text";
import { ExactTime, useTimeFormat } from "../time";

/** Who, why, what, how and when, for audits. */
export function ReplayFacts({ replay }: { replay: ReplayDetail }) {
  const words = optionText(replay.options, replay.kind === "single");
  const selection = selectionText(replay, useTimeFormat());
  return (
    <aside aria-label="About this replay">
      <dl className="space-y-3">
        <Fact name="Reason">
          <InertText text={replay.reason} />
        </Fact>
        <Fact name="Asked by">
          <InertText text={replay.actor} />
        </Fact>
        <Fact name="Selection">
          <InertText text={selection} />
          {replay.matched > replay.total && (
            <span className="block text-quiet">{replay.matched} matched; a limit took fewer.</span>
          )}
        </Fact>
        <Fact name="How">{words.length === 0 ? "All at once." : sentence(words)}</Fact>
        <Fact name="Asked at">
          <ExactTime at={replay.created_at} />
        </Fact>
        {replay.started_at && (
          <Fact name="Started">
            <ExactTime at={replay.started_at} />
          </Fact>
        )}
        {replay.completed_at && (
          <Fact name="Ended">
            <ExactTime at={replay.completed_at} />
          </Fact>
        )}
        {replay.request_id && (
          <Fact name="Request">
            <span className="flex items-center font-mono text-sm">
              <MiddleTruncated text={replay.request_id} />
              <CopyButton text={replay.request_id} what="request id" className="-my-1" />
            </span>
          </Fact>
        )}
      </dl>
    </aside>
  );
}
