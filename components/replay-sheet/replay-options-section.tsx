import { useId, useState } from "react";
import type { AskedOptions } from "@/lib/client/replays";
import { localTime } from "../format";
import { Button } from "../ui/button";
import { notifyText, optionText, sentence } from "./options-text";
import { ReplayOptionsForm } from "./replay-options-form";

/** How it will run, as a sentence. The form opens on demand, because the defaults usually fit. */
export function ReplayOptionsSection(props: {
  options: AskedOptions;
  single: boolean;
  onChange: (part: AskedOptions) => void;
}) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const { options, single } = props;
  const words = optionText(options, single);
  const told = notifyText(options);
  const start = options.immediate === false && options.scheduledAt ? localTime(options.scheduledAt) : "now";
  return (
    <>
      <div className="flex items-baseline justify-between gap-3">
        <p className="text-pretty">
          {sentence([
            `starts ${start.replace(/:\d\d$/, "")}`,
            ...(words.length ? words : ["all at once"]),
            ...(told ? [told] : []),
          ])}
        </p>
        <Button
          size="sm"
          aria-expanded={open}
          aria-controls={id}
          data-testid="replay-how"
          onClick={() => setOpen(!open)}
        >
          {open ? "Done" : "Change…"}
        </Button>
      </div>
      <div id={id} hidden={!open} className="mt-3">
        {open && <ReplayOptionsForm {...props} />}
      </div>
    </>
  );
}
