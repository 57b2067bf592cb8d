import Link from "next/link";
import type { FailedWebhook } from "@/lib/contract/analytics";
import { InertText } from "../inert-text";
import { ProviderMark } from "../provider";
import { RelativeTime } from "../time";

const SHOWN = 8;

/** The newest failed deliveries, each with a link to its event. */
export function RecentFailures({ failures }: { failures: FailedWebhook[] }) {
  return (
    <section aria-labelledby="recent-failures">
      <div className="flex items-baseline justify-between border-b pb-2">
        <h2 id="recent-failures" className="font-medium">
          Recent failures
        </h2>
        <Link href="/events?status=failed,dead" className="text-quiet text-sm hover:text-ink hover:underline">
          All failures
        </Link>
      </div>
      {failures.length === 0 && <p className="py-3 text-quiet">No event of this period is failing.</p>}
      <ul>
        {failures.slice(0, SHOWN).map((failure) => (
          <li key={`${failure.id} ${failure.failed_at}`} className="border-b">
            <Link
              href={`/events/${failure.id}`}
              prefetch={false}
              className="-mx-2 flex h-9 items-center gap-2 px-2 hover:bg-hover"
            >
              <ProviderMark slug={failure.provider_slug} />
              <span className="max-w-3/5 shrink-0 truncate font-medium max-sm:shrink">
                <InertText text={failure.event_type} />
              </span>
              <span className="min-w-0 flex-1 truncate text-quiet">
                <InertText text={failure.error_message ?? ""} />
              </span>
              <RelativeTime at={failure.failed_at} className="shrink-0 text-faint text-sm tabular-nums" />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
