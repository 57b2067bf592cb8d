import { ApiError } from "@/lib/client/request";
import { InertText } from "../inert-text";

/** An error with the request id to quote. Renders nothing without an error. */
export function Problem({ error, before = "Nothing was changed." }: { error: Error | null; before?: string }) {
  if (!error) return null;
  return (
    <p role="alert" className="mt-3 text-pretty rounded-md bg-tint px-3 py-2 text-red">
      {before} <InertText text={error.message} />
      {error instanceof ApiError && error.requestId && (
        <>
          {" "}
          Request <code className="break-all font-mono text-sm">{error.requestId}</code>.
        </>
      )}
    </p>
  );
}
