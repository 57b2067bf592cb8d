"use client";

import { WifiOff } from "lucide-react";
import { useOffline } from "next/offline";

/** Said while the server cannot be reached. The page stays, and what was clicked on is opened when it is back. */
export function OfflineLine() {
  if (!useOffline()) return null;
  return (
    <p
      role="status"
      data-testid="offline"
      className="fixed inset-x-4 bottom-4 z-50 mx-auto flex w-fit max-w-[calc(100vw-2rem)] items-center gap-2 rounded-md border bg-raised px-3 py-2 text-amber shadow-float"
    >
      <WifiOff aria-hidden="true" className="size-3.5 shrink-0" />
      <span>
        You are offline. Retrying… <span className="text-quiet">This page stays as it was.</span>
      </span>
    </p>
  );
}
