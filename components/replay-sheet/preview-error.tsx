import { ApiError } from "@/lib/client/request";
import { count } from "../format";
import { Button } from "../ui/button";

/** Why there is no preview, and what to do. */
export function PreviewError({
  error,
  onTake,
  onRetry,
}: {
  error: Error;
  onTake: (limit: number) => void;
  onRetry: () => void;
}) {
  const tooMany = tooManyIn(error);
  if (tooMany) {
    return (
      <div role="alert" className="rounded-md bg-tint px-3 py-2.5 text-amber">
        <p className="font-medium">
          {count(tooMany.matched)} events match. One replay takes at most {count(tooMany.limit)}.
        </p>
        <p className="mt-0.5 text-ink">Narrow the filter, or replay the oldest now and the rest later.</p>
        <Button size="sm" className="mt-2" onClick={() => onTake(tooMany.limit)}>
          Replay the oldest {count(tooMany.limit)}
        </Button>
      </div>
    );
  }
  return (
    <div role="alert" className="rounded-md bg-tint px-3 py-2.5 text-red">
      <p className="text-ink">{error.message}</p>
      {error instanceof ApiError && error.requestId && (
        <p className="mt-0.5 text-quiet text-sm">
          Request <code className="font-mono">{error.requestId}</code>
        </p>
      )}
      <Button size="sm" className="mt-2" onClick={onRetry}>
        Refresh the preview
      </Button>
    </div>
  );
}

/** Only this refusal has these two numbers. */
function tooManyIn(error: Error): { matched: number; limit: number } | null {
  const { matched, limit } = error instanceof ApiError ? error.problem : {};
  return typeof matched === "number" && typeof limit === "number" ? { matched, limit } : null;
}
