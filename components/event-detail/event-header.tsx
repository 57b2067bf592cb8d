import Link from "next/link";
import type { ReactNode } from "react";
import type { EventDetail } from "@/lib/contract/events";
import { Amount } from "../amount";
import { CopyButton } from "../copy-button";
import { Fact } from "../fact";
import { count } from "../format";
import { InertText } from "../inert-text";
import { historyAddress } from "../links";
import { MiddleTruncated } from "../middle-truncated";
import { ProviderMark, providerName } from "../provider";
import { EventStatusBadge } from "../status/event-status";
import { TestModeMark } from "../test-mode-mark";
import { ExactTime, RelativeTime } from "../time";

const VALUE = "flex h-5 items-center tabular-nums";

/** The event's type, key and status. `children` holds its actions. */
export function EventHeader({ event, children }: { event: EventDetail; children: ReactNode }) {
  return (
    <header>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 font-semibold text-xl tracking-tight [overflow-wrap:anywhere] max-md:text-lg">
          <InertText text={event.event_type} />
        </h1>
        <EventStatusBadge status={event.status} large />
        {event.livemode === false && <TestModeMark />}
        <div className="ml-auto flex items-center gap-2 max-md:ml-0 max-md:w-full">{children}</div>
      </div>
      <dl className="mt-3 gap-x-8 gap-y-2.5 max-md:grid max-md:grid-cols-2 md:flex md:flex-wrap">
        <Fact name="Provider" className="min-w-0" valueClass={VALUE}>
          <ProviderMark slug={event.provider_slug} className="mr-1.5 size-4.5" />
          {providerName(event.provider_slug)}
        </Fact>
        <Fact name="Event key" className="min-w-0 max-md:col-span-2" valueClass={VALUE}>
          <span className="min-w-0 max-w-80 font-mono text-sm">
            <MiddleTruncated text={event.event_key} tail={8} />
          </span>
          <CopyButton text={event.event_key} what="event key" className="-my-1" />
        </Fact>
        <Fact name="Received" className="min-w-0 max-md:col-span-2" valueClass={VALUE}>
          <ExactTime at={event.received_at} />
          <span className="ml-1.5 text-faint">
            <RelativeTime at={event.received_at} />
          </span>
        </Fact>
        <Fact name="Organisation" className="min-w-0" valueClass={VALUE}>
          {outside(event.org_id)}
        </Fact>
        {event.company_id && (
          <Fact name="Company" className="min-w-0" valueClass={VALUE}>
            {outside(event.company_id)}
          </Fact>
        )}
        {event.customer_id && (
          <Fact name="Customer" className="min-w-0" valueClass={VALUE}>
            <Link href={historyAddress({ customer: event.customer_id })} className="min-w-0 hover:underline">
              {outside(event.customer_id)}
            </Link>
          </Fact>
        )}
        {event.object_id && (
          <Fact name={aboutName(event.object_type)} className="min-w-0" valueClass={VALUE}>
            <Link href={historyAddress({ object: event.object_id })} className="min-w-0 hover:underline">
              {outside(event.object_id)}
            </Link>
          </Fact>
        )}
        {event.amount !== null && (
          <Fact name="Amount" className="min-w-0" valueClass={VALUE}>
            <Amount of={event} />
          </Fact>
        )}
        {event.assignee && (
          <Fact name="Assignee" className="min-w-0" valueClass={VALUE}>
            <span className="max-w-64 truncate" title={`Assigned by ${event.assignee.assigned_by}`}>
              {event.assignee.assignee}
            </span>
          </Fact>
        )}
        <Fact name="Attempts" className="min-w-0" valueClass={VALUE}>
          {count(event.attempt_count)}
          {event.replay_count > 0 && <span className="ml-1.5 text-teal">replayed {count(event.replay_count)} ×</span>}
        </Fact>
      </dl>
    </header>
  );
}

/** `Checkout session` for `checkout.session`. */
function aboutName(type: string | null): string {
  const words = type?.replace(/[._]/g, " ").trim();
  return words ? words.charAt(0).toUpperCase() + words.slice(1) : "About";
}

function outside(text: string | null): ReactNode {
  if (!text) return <span className="text-faint">unknown</span>;
  return (
    <span className="max-w-64 truncate font-mono text-sm" title={text}>
      <InertText text={text} />
    </span>
  );
}
