import { useId } from "react";
import { Textarea } from "../ui/input";

export const SHORTEST_REASON = 3;
const LONGEST_REASON = 1000;

/** Why something is done. The reason is kept with it for later readers. */
export function ReasonField({
  value,
  onChange,
  example = "The Agent SDK is back up, ticket 4711",
}: {
  value: string;
  onChange: (reason: string) => void;
  example?: string;
}) {
  const id = useId();
  return (
    <>
      <label htmlFor={id} className="block font-medium">
        Reason
      </label>
      <Textarea
        id={id}
        required
        maxLength={LONGEST_REASON}
        data-testid="replay-reason"
        value={value}
        aria-describedby={`${id}-help`}
        placeholder={example}
        className="mt-1"
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={`${id}-help`} className="mt-1 text-quiet text-sm">
        Shown with your name in the history.
      </p>
    </>
  );
}
