import { Plus } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import type { LastRejection, SourceProvider } from "@/lib/contract/sources";
import { CopyButton } from "../copy-button";
import { EndpointUrl } from "../endpoints/endpoint-url";
import { SampleButton } from "../endpoints/sample-button";
import { secretState } from "../endpoints/secret-state";
import { Fact } from "../fact";
import { InertText } from "../inert-text";
import { historyAddress } from "../links";
import { PermissionGuard } from "../permissions/permission-guard";
import { ProviderMark } from "../provider";
import { StatusIcon } from "../status/status-badge";
import { RelativeTime } from "../time";
import { Button } from "../ui/button";
import { rejectionText, trafficText } from "./labels";
import { OwnSources } from "./own-sources";
import { RejectedRequest } from "./rejected-request";
import { SourceDialog } from "./source-dialog";

/** One provider: its verification, its URL, and what its endpoint received. */
export function ProviderEndpoint({
  provider,
  forbidden,
  forbiddenToSend,
  onChanged,
}: {
  provider: SourceProvider;
  forbidden: string | null;
  forbiddenToSend: string | null;
  onChanged: () => void;
}) {
  const [adding, setAdding] = useState(false);
  const { provider: slug, label, scheme, url, last_event, last_rejection, sources, secrets, token_in_url } = provider;
  const secret = secretState(provider);
  return (
    <li
      id={slug}
      data-testid={`source-${slug}`}
      className="grid scroll-mt-16 grid-cols-[19rem_minmax(0,1fr)] gap-x-10 gap-y-3 border-b py-5 max-lg:grid-cols-[minmax(0,1fr)]"
    >
      <div className="min-w-0">
        <h2 className="flex items-center gap-2.5 font-semibold text-lg">
          <ProviderMark slug={slug} className="size-6" />
          {label}
        </h2>
        <p className="mt-2 flex items-center gap-1.5">
          <StatusIcon look={secret} />
          <span data-testid="secret-state" className={`min-w-0 font-medium [overflow-wrap:anywhere] ${secret.tone}`}>
            {secret.words}
          </span>
          {secret.missing && <CopyButton text={secret.missing} what="name of the variable" className="-my-1" />}
        </p>
        {secret.missing && (
          <p className="text-quiet text-sm">
            Set it and restart. Until then this endpoint answers 503, and senders retry.
          </p>
        )}
        <p className="mt-2 text-pretty text-quiet">{scheme}</p>
        <Setup provider={provider} />
      </div>
      <div className="min-w-0">
        <EndpointUrl url={url} what={`${label} URL`} quiet={token_in_url && secrets === 0} />
        <dl className="mt-3 grid grid-cols-[7.5rem_minmax(0,1fr)] gap-y-1">
          <Fact inColumns name="Last event">
            {last_event ? (
              <>
                <Link href={`/events/${last_event.id}`} className="font-medium hover:underline">
                  <InertText text={last_event.event_type} />
                </Link>{" "}
                <RelativeTime at={last_event.received_at} className="text-quiet" />
              </>
            ) : (
              <span className="text-faint">none yet</span>
            )}
          </Fact>
          <Fact inColumns name="Last rejected">
            {last_rejection ? (
              <>
                <span className="font-medium text-amber">{rejectionText(last_rejection.reason, provider)}</span>{" "}
                <RelativeTime at={last_rejection.received_at} className="text-quiet" />
                <span className="block text-quiet text-sm">
                  <InertText text={last_rejection.detail} />
                  <KnownOfRejection rejection={last_rejection} />
                </span>
                <RejectedRequest rejection={last_rejection} />
              </>
            ) : (
              <span className="text-faint">nothing</span>
            )}
          </Fact>
          <Fact inColumns name="24 hours">
            {provider.events_24h > 0 ? (
              <Link
                href={historyAddress({ provider_slug: [slug], range: "24h" })}
                className="tabular-nums hover:underline"
              >
                {trafficText(provider)}
              </Link>
            ) : (
              <span className="tabular-nums text-quiet">{trafficText(provider)}</span>
            )}
          </Fact>
        </dl>
        {sources.length > 0 && <OwnSources provider={provider} forbidden={forbidden} onChanged={onChanged} />}
        <div className="mt-3 flex flex-wrap items-start gap-2">
          <PermissionGuard forbidden={forbidden}>
            <Button size="sm" data-testid={`source-add-${slug}`} onClick={() => setAdding(true)}>
              <Plus /> Add a URL
            </Button>
          </PermissionGuard>
          <SampleButton provider={provider} forbidden={forbiddenToSend} onSent={onChanged} />
        </div>
      </div>
      {adding && <SourceDialog provider={provider} onClose={() => setAdding(false)} onSaved={onChanged} />}
    </li>
  );
}

/** The setup instructions: unfolded until the first event, folded afterwards. */
function Setup({ provider: { setup, last_event } }: { provider: SourceProvider }) {
  return (
    <details className="group mt-2" open={last_event === null}>
      <summary className="cursor-pointer text-faint text-sm hover:text-ink">How to set it up</summary>
      <p className="mt-1 text-pretty text-quiet text-sm">{setup}</p>
    </details>
  );
}

/** The organisation, source and key of a rejected request, where they are known. */
function KnownOfRejection({ rejection }: { rejection: LastRejection }) {
  const { organisation_id, source_id, event_key } = rejection;
  const facts = [
    organisation_id && `organisation ${organisation_id}`,
    source_id && `source ${source_id}`,
    event_key && `event ${event_key}`,
  ].filter((fact) => fact !== null);
  return facts.length === 0 ? null : (
    <span className="block">
      Of <InertText text={facts.join(", ")} />
    </span>
  );
}
