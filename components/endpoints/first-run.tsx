"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, TriangleAlert } from "lucide-react";
import { ALL } from "@/lib/client/queries/all";
import { sourcesQuery } from "@/lib/client/queries/sources";
import type { SourceProvider } from "@/lib/contract/sources";
import { CopyButton } from "../copy-button";
import { Problem } from "../forms/problem";
import { ProviderMark } from "../provider";
import { EndpointUrl } from "./endpoint-url";
import { SampleButton } from "./sample-button";
import { MAY_NOT_SEND, secretState } from "./secret-state";
import { SourceSkeleton } from "./source-skeleton";

/** Before the first event: a button that sends a sample, and every provider's URL with its setup. */
export function FirstRun({
  maySend,
  command,
}: {
  maySend: boolean;
  /** The command that sends a sample from the project's folder to this app. */
  command: string;
}) {
  const { data: sources, error } = useQuery(sourcesQuery());
  if (error) return <Problem error={error} before="Could not load the sources." />;
  if (!sources) return <SourceSkeleton />;
  return <Doors sources={sources} forbidden={maySend ? null : MAY_NOT_SEND} command={command} />;
}

function Doors({
  sources,
  forbidden,
  command,
}: {
  sources: SourceProvider[];
  forbidden: string | null;
  command: string;
}) {
  const client = useQueryClient();
  const onSent = () => {
    void client.invalidateQueries({ queryKey: ALL.analytics });
    void client.invalidateQueries({ queryKey: ALL.events });
  };
  const local = sources.some(({ sample }) => sample !== null);
  const ready = sources.find(({ sample }) => sample?.missing === null);
  return (
    <section className="mx-auto max-w-3xl py-8" data-testid="first-run">
      <h2 className="font-semibold text-lg">No webhook has arrived yet</h2>
      <p className="mt-1 max-w-[38rem] text-pretty text-quiet">
        {local
          ? "Send a sample. It is signed as the provider signs, goes through the provider's own endpoint, and appears here automatically."
          : "Point a provider at its URL below. Its first event appears here automatically."}
      </p>
      {ready && (
        <div className="mt-4 flex flex-wrap items-center gap-x-2 gap-y-3">
          <SampleButton provider={ready} forbidden={forbidden} primary onSent={onSent} />
        </div>
      )}
      {local && (
        <div className="mt-3 flex flex-wrap items-center gap-x-2 text-quiet text-sm">
          Or from the project's folder:
          <code className="min-w-0 overflow-x-auto whitespace-nowrap rounded-sm bg-sunken px-1.5 py-0.5 font-mono text-ink">
            {command}
          </code>
          <CopyButton text={command} what="command" />
        </div>
      )}
      <h3 className="mt-9 border-b pb-2 font-medium">Point a provider here</h3>
      <ul>
        {sources.map((source) => (
          <WebhookPath key={source.provider} source={source} forbidden={forbidden} onSent={onSent} />
        ))}
      </ul>
      <p className="mt-3 text-pretty text-faint text-sm">
        Only verified requests become events. Rejected requests are counted here, with the reason.
      </p>
    </section>
  );
}

function WebhookPath({
  source,
  forbidden,
  onSent,
}: {
  source: SourceProvider;
  forbidden: string | null;
  onSent: () => void;
}) {
  const { provider, label, setup, url, token_in_url, secrets } = source;
  const secret = secretState(source);
  const Icon = secrets > 0 ? CircleCheck : TriangleAlert;
  return (
    <li className="border-b py-4" data-testid={`first-run-${provider}`}>
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <ProviderMark slug={provider} />
        <h4 className="font-medium">{label}</h4>
        <span className={`flex items-center gap-1.5 text-sm ${secret.tone}`}>
          <Icon aria-hidden="true" className="size-3.5" />
          {secret.words}
        </span>
      </div>
      <p className="mt-1 max-w-[44rem] text-pretty text-quiet">{setup}</p>
      <div className="mt-2">
        <EndpointUrl url={url} what={`${label} webhook URL`} quiet={token_in_url && secrets === 0} />
      </div>
      <div className="mt-2 flex flex-wrap items-start gap-2">
        <SampleButton provider={source} forbidden={forbidden} onSent={onSent} />
      </div>
    </li>
  );
}
