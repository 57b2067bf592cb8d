"use client";

import { useMutation } from "@tanstack/react-query";
import { SendHorizontal } from "lucide-react";
import Link from "next/link";
import { sendProviderSample } from "@/lib/client/sources";
import type { SentSample, SourceProvider } from "@/lib/contract/sources";
import { Problem } from "../forms/problem";
import { InertText } from "../inert-text";
import { PermissionGuard } from "../permissions/permission-guard";
import { Button } from "../ui/button";

/**
 * Sends a signed sample through the provider's own endpoint, and shows the answer. Renders nothing outside local mode; when
 * the secret is missing, it names its variable.
 */
export function SampleButton({
  provider: { provider, label, sample },
  forbidden,
  primary,
  onSent,
}: {
  provider: SourceProvider;
  forbidden: string | null;
  /** The primary button of a page: it names its provider. */
  primary?: boolean;
  onSent: () => void;
}) {
  const send = useMutation({ mutationFn: () => sendProviderSample(provider), onSuccess: onSent });
  if (sample === null) return null;
  const impossible = sample.missing && `Set ${sample.missing} and restart: it signs the sample.`;
  return (
    <div className="contents">
      <PermissionGuard forbidden={forbidden ?? impossible}>
        <Button
          size={primary ? "md" : "sm"}
          variant={primary ? "primary" : "secondary"}
          data-testid={primary ? "sample-first" : `sample-${provider}`}
          disabled={send.isPending}
          aria-label={`Send a sample of ${label}`}
          onClick={() => send.mutate()}
        >
          <SendHorizontal /> {send.isPending ? "Sending…" : `Send a ${primary ? `${label} ` : ""}sample`}
        </Button>
      </PermissionGuard>
      <div role="status" className="min-w-0 self-center text-sm empty:hidden">
        {send.data && <Verdict sent={send.data} />}
      </div>
      {send.error && (
        <div className="basis-full">
          <Problem error={send.error} before="No sample was sent." />
        </div>
      )}
    </div>
  );
}

function Verdict({ sent: { event_id, event_type, status, refusal } }: { sent: SentSample }) {
  if (event_id === null) {
    return (
      <p className="text-amber" data-testid="sample-refused">
        The endpoint answered {status}: <InertText text={refusal ?? "no reason"} />
      </p>
    );
  }
  return (
    <p className="text-quiet" data-testid="sample-sent">
      Accepted as{" "}
      <Link href={`/events/${event_id}`} className="font-medium text-ink hover:underline">
        {event_type}
      </Link>
      .
    </p>
  );
}
