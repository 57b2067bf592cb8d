import type { EventDetail } from "@/lib/contract/events";
import { InertText } from "../inert-text";

const REDACTED = "[redacted]";

/** The request line and its headers in the order received. Secrets and signatures were never stored. */
export function HeadersTab({ event }: { event: EventDetail }) {
  return (
    <div className="py-2 font-mono text-sm">
      <p className="py-1 [overflow-wrap:anywhere]">
        <span className="text-quiet">{event.method}</span> <InertText text={event.path} />
      </p>
      <dl className="border-t">
        {event.headers.map(([name, value], index) => (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: a header may occur twice; their order is fixed
            key={index}
            className="grid grid-cols-[minmax(8rem,14rem)_1fr] gap-3 border-b py-1.5 max-md:grid-cols-1 max-md:gap-0"
          >
            <dt className="text-quiet [overflow-wrap:anywhere]">
              <InertText text={name} />
            </dt>
            <dd className="[overflow-wrap:anywhere]">
              {value === REDACTED ? <span className="text-faint">not kept</span> : <InertText text={value} />}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
