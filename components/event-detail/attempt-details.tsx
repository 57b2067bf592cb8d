import { ERROR_CLASS } from "@/lib/contract/error-classes";
import type { Attempt } from "@/lib/contract/events";
import { duration } from "../format";
import { InertText } from "../inert-text";
import { ChangeRow } from "../status/change-row";
import { ExactTime } from "../time";

export function hasDetails(attempt: Attempt): boolean {
  return Boolean(
    attempt.error || attempt.error_class || attempt.response_body || attempt.response_headers || attempt.changes.length,
  );
}

/** The endpoint's answer, and what to do about it. */
export function AttemptDetails({ attempt, before }: { attempt: Attempt; before: Attempt | undefined }) {
  const { error, error_class, response_headers, response_body, response_truncated, changes } = attempt;
  return (
    <div className="mt-1 mb-2 ml-5.5 space-y-2 border-l pl-3">
      {error_class && <p className="text-pretty text-quiet">{ERROR_CLASS[error_class].hint}</p>}
      {error && (
        <p className="font-mono text-red text-sm [overflow-wrap:anywhere]">
          <InertText text={error} />
        </p>
      )}
      {(response_headers || response_body !== null) && (
        <Answer headers={response_headers ?? []} body={response_body} truncated={response_truncated} />
      )}
      {changes.map((change) => (
        <ChangeRow key={`${change.table} ${JSON.stringify(change.key)}`} change={change} />
      ))}
      <p className="text-faint text-sm">
        Started <ExactTime at={attempt.started_at} />
        {before?.finished_at && `, ${waited(before.finished_at, attempt.started_at)} after the attempt before`}
        {attempt.duration_ms !== null && ` · took ${duration(attempt.duration_ms)}`}
        {attempt.retry_at && (
          <>
            {" "}
            · retry planned for <ExactTime at={attempt.retry_at} />
          </>
        )}{" "}
        · <span className="font-mono">{attempt.id}</span>
      </p>
    </div>
  );
}

function waited(from: string, to: string): string {
  return duration(Math.max(0, Date.parse(to) - Date.parse(from)));
}

function Answer({
  headers,
  body,
  truncated,
}: {
  headers: [string, string][];
  body: string | null;
  truncated: boolean;
}) {
  return (
    <div className="rounded-md border bg-sunken px-3 py-2 font-mono text-sm">
      {headers.map(([name, value], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a header may occur twice; their order is fixed
        <p key={index} className="text-quiet [overflow-wrap:anywhere]">
          <InertText text={`${name}: ${value}`} />
        </p>
      ))}
      {body ? (
        <pre className="mt-1 max-h-64 overflow-y-auto whitespace-pre-wrap [overflow-wrap:anywhere]">
          <InertText text={body} />
        </pre>
      ) : (
        <p className="text-faint">The response has no body.</p>
      )}
      {truncated && <p className="mt-1 text-faint">Cut at 16 KB.</p>}
    </div>
  );
}
