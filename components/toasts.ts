/** Toasts after an action that succeeded or failed. */

import { ApiError } from "@/lib/client/request";
import { loadToast } from "@/lib/client/toaster";

/** The undo action, if there is one. */
export interface Undo {
  label: string;
  run: () => Promise<unknown>;
}

/** Says what was done. A failed undo shows a toast of its own. */
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

/** Says what failed and why, with the request id to quote to an engineer. Stays until it is closed. */
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
