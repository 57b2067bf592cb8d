import { CircleCheck, CircleMinus, CircleX, LoaderCircle, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import type { EndpointTest } from "@/lib/contract/destinations";
import { ERROR_CLASS } from "@/lib/contract/error-classes";
import { duration, plural } from "../format";
import { InertText } from "../inert-text";

/** A certificate that expires sooner than this is shown in amber. */
const RENEW_WITHIN_DAYS = 21;

type Result = "good" | "bad" | "warning" | "none";

const LOOK: Record<Result, { icon: LucideIcon; tone: string }> = {
  good: { icon: CircleCheck, tone: "text-green" },
  bad: { icon: CircleX, tone: "text-red" },
  warning: { icon: CircleX, tone: "text-amber" },
  none: { icon: CircleMinus, tone: "text-faint" },
};

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

function Dns({ dns }: EndpointTest) {
  if (!dns) {
    return (
      <Step name="Host" result="none">
        <span className="text-quiet">not looked up</span>
      </Step>
    );
  }
  return (
    <Step name="Host" result={dns.ok ? "good" : "bad"}>
      {dns.ok ? plural(dns.addresses, "address", "addresses") : "does not resolve"}
      <span className="text-quiet tabular-nums"> in {duration(dns.ms)}</span>
    </Step>
  );
}

function Tls({ tls, error_class, responseCode, dns }: EndpointTest) {
  if (!tls) {
    const failed = error_class === "tls";
    const plain = !failed && dns?.ok && responseCode !== null;
    return (
      <Step name="TLS" result={failed ? "bad" : "none"}>
        <span className="text-quiet">{failed ? "refused" : plain ? "none: plain HTTP" : "not reached"}</span>
      </Step>
    );
  }
  const ended = tls.days_left < 0;
  const result = ended ? "bad" : tls.days_left < RENEW_WITHIN_DAYS ? "warning" : "good";
  return (
    <Step name="TLS" result={result}>
      <span className={ended ? "text-red" : result === "warning" ? "text-amber" : undefined}>
        {ended ? `certificate expired ${plural(-tls.days_left, "day")} ago` : `${plural(tls.days_left, "day")} left`}
      </span>
      <span className="block text-quiet text-sm">
        <InertText text={`${tls.issuer} for ${tls.subject}, ${tls.protocol}`} />
      </span>
    </Step>
  );
}

function Step({ name, result, children }: { name: string; result: Result; children: ReactNode }) {
  const { icon: Icon, tone } = LOOK[result];
  return (
    <li className="flex gap-2.5 border-b py-2">
      <Icon aria-hidden="true" className={`mt-0.75 size-3.5 shrink-0 ${tone}`} />
      <span className="w-16 shrink-0 text-quiet">{name}</span>
      <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{children}</span>
    </li>
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
