"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { ALL } from "@/lib/client/queries/all";
import { railCountsQuery } from "@/lib/client/queries/frame";
import { startAsShown, useDraft } from "@/lib/client/replay-draft";
import type { AskedOptions } from "@/lib/client/replays";
import { plural } from "../format";
import { ReasonField } from "../forms/reason-field";
import { Sheet } from "../ui/sheet";
import { SheetPart } from "../ui/sheet-part";
import { PreviewError } from "./preview-error";
import { PreviewReport } from "./preview-report";
import { PreviewSkeleton } from "./preview-skeleton";
import { ReplayOptionsSection } from "./replay-options-section";
import { atThisMoment, chosenIn, type ReplayTarget, selectionOf } from "./replay-target";
import { SheetFooter } from "./sheet-footer";
import { SplitList } from "./split-list";

/** From this many events on, a replay runs a trial first and stops when it fails, by default. */
const CAREFUL_FROM = 20;
const CAREFUL: AskedOptions = { canary: 5, stopOnFailureRate: 0.2, notifyOnCompletion: true };

const DESCRIPTION = {
  Replay: "The received bytes are delivered again, unchanged. Nothing runs until you confirm.",
  "Back-fill":
    "What the provider's API has is stored, and delivered below live traffic. Nothing is delivered until you confirm.",
};

/** The replay form: selection, preview, options, reason, start. Mounted on open, so that it starts empty each time. */
export function ReplaySheet({
  target: asked,
  onClose,
  onStarted,
}: {
  target: ReplayTarget;
  onClose: () => void;
  onStarted?: () => void;
}) {
  const router = useRouter();
  const client = useQueryClient();
  const [target] = useState(() => atThisMoment(asked));
  const [limit, setLimit] = useState<number>();
  const [asFirst] = useState<AskedOptions>(isMany(target) ? CAREFUL : {});
  const [options, setOptions] = useState(asFirst);
  const [reason, setReason] = useState("");
  const selection = selectionOf(target, limit);
  const { data, error, isFetching, refetch } = useDraft(selection, options);
  // One key per sheet and request: a click that is sent twice makes one replay.
  const key = useRef({ wish: "", key: "" });

  const start = useMutation({
    mutationFn: (shown: NonNullable<typeof data>) => {
      const ask = { selection, options, reason: reason.trim() };
      const wish = JSON.stringify(ask);
      if (key.current.wish !== wish) key.current = { wish, key: crypto.randomUUID() };
      return startAsShown(ask, shown.preview, key.current.key);
    },
    onSuccess: (answer) => {
      if ("started" in answer) {
        router.push(`/replays/${answer.started.id}`);
        void client.invalidateQueries({ queryKey: ALL.replays });
        void client.invalidateQueries({ queryKey: railCountsQuery().queryKey });
        onClose();
        onStarted?.();
      } else {
        key.current = { wish: "", key: "" };
        refetch();
      }
    },
  });
  const verb = target.kind === "findings" ? "Back-fill" : "Replay";
  const moved = start.data && "moved" in start.data;
  const drafted = error ? undefined : data;
  const change = (part: AskedOptions) => {
    start.reset();
    setOptions({ ...options, ...part });
  };

  return (
    <Sheet
      open
      dirty={reason.trim() !== "" || options !== asFirst}
      onOpenChange={(open) => !open && onClose()}
      title={drafted ? `${verb} ${plural(drafted.preview.events, "event")}` : verb}
      description={DESCRIPTION[verb]}
      footer={
        <SheetFooter
          verb={verb}
          drafted={drafted}
          fresh={!isFetching}
          options={options}
          reason={reason}
          pending={start.isPending}
          problem={start.error}
          moved={moved ?? false}
          onStart={() => drafted && start.mutate(drafted)}
          onCancel={onClose}
        />
      }
    >
      <SheetPart title="What">
        {error && <PreviewError error={error} onTake={setLimit} onRetry={() => refetch()} />}
        {drafted ? <SplitList by={drafted.preview.by} /> : !error && <PreviewSkeleton lines={3} />}
      </SheetPart>
      {!error && (
        <SheetPart title="What will happen" busy={isFetching}>
          {drafted ? <PreviewReport drafted={drafted} onTried={() => void refetch()} /> : <PreviewSkeleton lines={5} />}
        </SheetPart>
      )}
      <SheetPart title="How">
        <ReplayOptionsSection options={options} single={chosenIn(target) === 1} onChange={change} />
      </SheetPart>
      <section className="pt-4">
        <ReasonField value={reason} onChange={setReason} />
      </section>
    </Sheet>
  );
}

function isMany(target: ReplayTarget): boolean {
  const chosen = chosenIn(target);
  return chosen === null || chosen >= CAREFUL_FROM;
}
