import { CircleCheck, CircleMinus, CircleX, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import type { EndpointTest } from "@/lib/contract/destinations";
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

/** Whether the host resolves. */
export function Dns({ dns }: EndpointTest) {
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

/** Whether the connection is encrypted, and for how long the certificate lasts. */
export function Tls({ tls, error_class, responseCode, dns }: EndpointTest) {
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

/** One step of a test with its result. */
export function Step({ name, result, children }: { name: string; result: Result; children: ReactNode }) {
  const { icon: Icon, tone } = LOOK[result];
  return (
    <li className="flex gap-2.5 border-b py-2">
      <Icon aria-hidden="true" className={`mt-0.75 size-3.5 shrink-0 ${tone}`} />
      <span className="w-16 shrink-0 text-quiet">{name}</span>
      <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{children}</span>
    </li>
  );
}
