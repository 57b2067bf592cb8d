import { ApiError } from "@/lib/client/request";
import { InertText } from "../inert-text";

/** Why something was not done, with the request to quote. Nothing while there is no error. */
export function Problem({ error }: { error: Error | null }) {
  if (!error) return null;
  const reference = error instanceof ApiError && error.requestId;
  return (
    <p role="alert" className="mt-3 text-pretty rounded-md bg-tint px-3 py-2 text-red">
      <InertText text={error.message} />
      {reference && (
        <>
          {" "}
          Request <span className="break-all font-mono text-sm">{reference}</span>.
        </>
      )}
    </p>
  );
}
