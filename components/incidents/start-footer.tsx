import { ApiError } from "@/lib/client/request";
import { plural } from "../format";
import { ConfirmRow } from "../forms/confirm-row";

/** The button that says what it does, and what is still missing before it can. */
export function StartFooter({
  events,
  asks,
  ready,
  pending,
  error,
  onStart,
  onCancel,
}: {
  events: number;
  /** The reader may only ask for it. */
  asks: boolean;
  ready: boolean;
  pending: boolean;
  error: Error | null;
  onStart: () => void;
  onCancel: () => void;
}) {
  const words = `${asks ? "Ask to recover" : "Recover"} ${plural(events, "event")}`;
  return (
    <>
      {error && (
        <p role="alert" className="mb-2.5 text-pretty text-red">
          {asks ? "Nothing was asked." : "Nothing was started."} {error.message}
          {error instanceof ApiError && error.requestId && ` Request ${error.requestId}.`}
        </p>
      )}
      <ConfirmRow
        testId="recovery"
        events={events}
        typed={!asks}
        missing={ready ? null : "Enter a reason first."}
        pending={pending}
        doing={asks ? "Asking…" : "Starting…"}
        onConfirm={onStart}
        onCancel={onCancel}
      >
        {words}
      </ConfirmRow>
    </>
  );
}
