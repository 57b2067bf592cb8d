import { LoaderCircle } from "lucide-react";
import type { EndpointTest } from "@/lib/contract/destinations";
import { ERROR_CLASS } from "@/lib/contract/error-classes";
import { duration } from "../format";
import { InertText } from "../inert-text";
import { Dns, Step, Tls } from "./test-steps";

/** How far a test got, step by step, the endpoint's answer, and what to do about it. */
export function TestResult({ result }: { result: EndpointTest }) {
  const { success, responseCode, responseTime, error_class, error, hint } = result;
  return (
    <div data-testid="test-result" data-success={success}>
      <p className={success ? "font-medium text-green" : "font-medium text-red"}>
        {success ? "The endpoint accepted it." : `It failed: ${labelOf(result)}.`}
      </p>
      {!success && (
        <p className="text-pretty">{hint ?? (error_class ? ERROR_CLASS[error_class].hint : "Test it again later.")}</p>
      )}
      <ol className="mt-3 border-t">
        <Dns {...result} />
        <Tls {...result} />
        <Step name="Answer" result={responseCode === null ? (error_class ? "bad" : "none") : success ? "good" : "bad"}>
          {responseCode === null ? (
            <span className="text-quiet">none{responseTime > 0 && ` after ${duration(responseTime)}`}</span>
          ) : (
            <>
              <span className="font-medium tabular-nums">{responseCode}</span>
              <span className="text-quiet tabular-nums"> in {duration(responseTime)}</span>
            </>
          )}
        </Step>
      </ol>
      {error && !success && (
        <p className="mt-3 font-mono text-quiet text-sm [overflow-wrap:anywhere]">
          <InertText text={error} />
        </p>
      )}
      {responseCode !== null && <Answer result={result} />}
    </div>
  );
}

/** While the endpoint has not answered. */
export function TestRunning() {
  return (
    <p className="flex items-center gap-2 py-3 text-quiet">
      <LoaderCircle aria-hidden="true" className="size-3.5 animate-spin" /> Waiting for the endpoint…
    </p>
  );
}

/** The answer as inert text. */
function Answer({ result: { responseHeaders, responseBody, truncated } }: { result: EndpointTest }) {
  const body = responseBody === null ? null : textOf(responseBody);
  return (
    <details className="mt-3" open={body !== null}>
      <summary className="cursor-pointer text-quiet text-sm">The endpoint's response</summary>
      <div className="mt-1.5 max-h-72 overflow-y-auto rounded-md border bg-sunken px-3 py-2 font-mono text-sm">
        {Object.entries(responseHeaders).map(([name, value]) => (
          <p key={name} className="text-quiet [overflow-wrap:anywhere]">
            <InertText text={`${name}: ${value}`} />
          </p>
        ))}
        {body === null ? (
          <p className="text-faint">The response has no body.</p>
        ) : (
          <pre className="mt-1 whitespace-pre-wrap [overflow-wrap:anywhere]">
            <InertText text={body} />
          </pre>
        )}
        {truncated && <p className="mt-1 text-faint">Truncated: the response was longer.</p>}
      </div>
    </details>
  );
}

function textOf(body: unknown): string {
  return typeof body === "string" ? body : JSON.stringify(body, null, 2);
}

function labelOf({ error_class, responseCode }: EndpointTest): string {
  if (!error_class) return responseCode === null ? "no answer" : `the endpoint answered ${responseCode}`;
  const { label } = ERROR_CLASS[error_class];
  return /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
}
