"use client";

import { CircleAlert } from "lucide-react";
import { ApiError } from "@/lib/client/request";
import { Notice } from "../notice";
import { Button } from "../ui/button";

/** A page that failed to load: what to do, and the reference to quote to an engineer. */
export function Failure({ error, retry }: { error: unknown; retry: () => void }) {
  const reference = referenceOf(error);
  return (
    <Notice
      icon={CircleAlert}
      title="This page could not be loaded"
      actions={
        <Button variant="primary" onClick={retry}>
          Try again
        </Button>
      }
    >
      <p>
        {error instanceof ApiError
          ? error.message
          : "The server failed while it prepared the page. Webhooks are still being received. Try again. If the error stays, ask an engineer."}
      </p>
      {reference && (
        <p className="mt-2 text-sm">
          Quote this reference: <code className="font-mono text-ink">{reference}</code>
        </p>
      )}
    </Notice>
  );
}

/** The request id of an API refusal, or the digest under which the server logged the error. */
function referenceOf(error: unknown): string | null {
  if (error instanceof ApiError) return error.requestId;
  if (error instanceof Error && "digest" in error) return String(error.digest);
  return null;
}
