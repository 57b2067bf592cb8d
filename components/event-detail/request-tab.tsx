import { SquareTerminal } from "lucide-react";
import type { EventDetail } from "@/lib/contract/events";
import { InertText } from "../inert-text";
import { Button } from "../ui/button";
import { copyAsCurl } from "./copy-as-curl";

const REDACTED = "[redacted]";

/** The request line and its headers in the order received. Secrets and signatures were never stored. */
export function RequestTab({ event }: { event: EventDetail }) {
  return (
    <div className="text-sm">
      <div className="flex min-h-10 items-center gap-3 border-b py-1.5">
        <p className="min-w-0 flex-1 font-mono [overflow-wrap:anywhere]">
          <span className="text-quiet">{event.method}</span> <InertText text={event.path} />
        </p>
        <Button size="sm" onClick={() => copyAsCurl(event)} data-testid="copy-as-curl">
          <SquareTerminal /> Copy as curl
        </Button>
      </div>
      <dl className="font-mono">
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
      {event.request_id && (
        <p className="py-2 text-faint">
          Request id <span className="font-mono [overflow-wrap:anywhere]">{event.request_id}</span>
        </p>
      )}
    </div>
  );
}
