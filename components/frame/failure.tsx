"use client";

import { CircleAlert, Lock } from "lucide-react";
import Link from "next/link";
import { ApiError } from "@/lib/client/request";
import { Notice } from "../notice";
import { Button } from "../ui/button";

/** The digest of the error that `requireStaff` throws when a role is not enough. */
const NOT_PERMITTED = "NOT_PERMITTED";

/** A page that could not be shown: what to do, and the reference to quote to an engineer. */
export function Failure({ error, retry }: { error: unknown; retry: () => void }) {
  const reference = referenceOf(error);
  if (reference === NOT_PERMITTED) return <NotPermitted />;
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
          : "The server failed while it prepared the page. Events are still being accepted at the door. Try again; if it stays, ask an engineer."}
      </p>
      {reference && (
        <p className="mt-2 text-sm">
          Quote this reference: <code className="font-mono text-ink">{reference}</code>
        </p>
      )}
    </Notice>
  );
}

function NotPermitted() {
  return (
    <Notice
      icon={Lock}
      title="Your role may not see this page"
      actions={
        <Button asChild>
          <Link href="/">Go to the overview</Link>
        </Button>
      }
    >
      Ask an administrator for another role if you need it.
    </Notice>
  );
}

/** The request id of an API refusal, or the digest under which the server logged the error. */
function referenceOf(error: unknown): string | null {
  if (error instanceof ApiError) return error.requestId;
  if (error instanceof Error && "digest" in error) return String(error.digest);
  return null;
}
