"use client";

import { DoorOpen } from "lucide-react";
import { useLiveQuery } from "@/lib/client/live-query";
import { sourcesQuery } from "@/lib/client/queries/sources";
import { Notice } from "../notice";
import { inOrder } from "./labels";
import { ProviderEndpoint } from "./provider-endpoint";

const EVERY_MS = 5_000;

/** Every provider's endpoint: its URL, its verification, and what was received and rejected. */
export function SourceList({
  forbidden,
  forbiddenToSend,
}: {
  /** Why this person may not change sources; null when they may. */
  forbidden: string | null;
  /** Why they may not send samples; null when they may. */
  forbiddenToSend: string | null;
}) {
  const { data, refetch } = useLiveQuery(sourcesQuery(), {
    topics: ["events", "rejections", "audit"],
    atMostEvery: 2_000,
    interval: () => EVERY_MS,
  });
  if (data.length === 0) {
    return (
      <Notice icon={DoorOpen} title="No provider is installed">
        Each provider is one folder in lib/providers.
      </Notice>
    );
  }
  return (
    <div className="max-w-[80rem]">
      <p className="pb-3 text-quiet">
        Copy a URL into the provider's settings. Requests that cannot be verified are rejected and counted here.
      </p>
      <ul className="border-t">
        {inOrder(data).map((provider) => (
          <ProviderEndpoint
            key={provider.provider}
            provider={provider}
            forbidden={forbidden}
            forbiddenToSend={forbiddenToSend}
            onChanged={() => void refetch()}
          />
        ))}
      </ul>
    </div>
  );
}
