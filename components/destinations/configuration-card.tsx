import type { Destination } from "@/lib/contract/destinations";
import { LIVEMODE_CHOICE } from "@/lib/contract/vocabulary";
import { CopyButton } from "../copy-button";
import { Fact } from "../fact";
import { duration, plural } from "../format";
import { InertText } from "../inert-text";
import { providerName } from "../provider";
import { ExactTime } from "../time";
import { ORDERING_LABELS } from "./ordering-choice";
import { scheduleSpan, scheduleText } from "./schedule";

/** How it is set up, in words. */
export function ConfigurationCard({ destination }: { destination: Destination }) {
  const { url, event_types, providers, headers, organisation_id, rate_per_second, kind } = destination;
  const everything = event_types.includes("*");
  return (
    <section aria-labelledby="configuration">
      <h2 id="configuration" className="border-b pb-2 font-semibold text-lg">
        Configuration
      </h2>
      <dl className="mt-3 space-y-3">
        {url && (
          <Fact name="URL">
            <span className="flex items-start gap-1 font-mono text-sm">
              <InertText text={url} />
              <CopyButton text={url} what="URL" className="-my-1" />
            </span>
          </Fact>
        )}
        <Fact name="Receives">
          {everything ? "Every type of event" : event_types.map((type) => <Code key={type}>{type}</Code>)}
          {!providers.includes("*") && <span> from {providers.map(providerName).join(", ")}</span>}
          {organisation_id ? (
            <span>
              {" "}
              of <Code>{organisation_id}</Code>
            </span>
          ) : (
            " of every organisation"
          )}
          {destination.livemode !== "any" && `. ${LIVEMODE_CHOICE[destination.livemode].label}`}
        </Fact>
        <Fact name="Order">{ORDERING_LABELS[destination.ordering].meaning}</Fact>
        {kind === "http" && (
          <Fact name="Speed">
            {rate_per_second
              ? `At most ${plural(rate_per_second, "delivery", "deliveries")} a second, `
              : "No rate limit, "}
            {plural(destination.max_concurrency, "request")} at a time.
          </Fact>
        )}
        <Fact name="Retries">
          {scheduleText(destination)}
          {destination.max_attempts > 1 && (
            <span className="block text-quiet">Dead about {scheduleSpan(destination)} after the first failure.</span>
          )}
        </Fact>
        {kind === "http" && (
          <Fact name="Timeout">
            An answer must come within {duration(destination.timeout_ms).replace(".0 s", " s")}.
          </Fact>
        )}
        {Object.keys(headers).length > 0 && (
          <Fact name="Custom headers">
            {Object.entries(headers).map(([name, value]) => (
              <code key={name} className="block font-mono text-sm">
                <InertText text={`${name}: ${value}`} />
              </code>
            ))}
          </Fact>
        )}
        <Fact name={destination.managed ? "Created" : "From the configuration since"}>
          <ExactTime at={destination.created_at} />
          <span className="ml-1.5 font-mono text-faint text-sm">{destination.id}</span>
        </Fact>
      </dl>
    </section>
  );
}

function Code({ children }: { children: string }) {
  return (
    <code className="mr-1 inline-block rounded-sm bg-hover px-1 font-mono text-sm">
      <InertText text={children} />
    </code>
  );
}
