/** What is said in a corner after something was done or was not. */

import { ApiError } from "@/lib/client/request";
import { loadToast } from "@/lib/client/toaster";

/** The way back, where there is one. */
export interface Undo {
  label: string;
  run: () => Promise<unknown>;
}

/** Says what was done. An undo that is refused says so in its turn. */
export async function sayDone(words: string, undo?: Undo): Promise<void> {
  const toast = await loadToast();
  toast.success(
    words,
    undo && {
      action: {
        label: undo.label,
        onClick: () => void undo.run().catch((error) => sayFailed(error, "It was not undone.")),
      },
    },
  );
}

/** Says what was not done and why, with the request id to quote to an engineer. Stays until it is closed. */
export async function sayFailed(error: unknown, words = ""): Promise<void> {
  const toast = await loadToast();
  const why = error instanceof Error ? error.message : "";
  const request = error instanceof ApiError && error.requestId ? `Request ${error.requestId}` : "";
  toast.error([words, why].filter(Boolean).join(" "), {
    description: request || undefined,
    duration: Number.POSITIVE_INFINITY,
    closeButton: true,
  });
}
