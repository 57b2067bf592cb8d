import { copyText } from "@/lib/client/clipboard";
import { loadToast } from "@/lib/client/toaster";
import type { EventDetail } from "@/lib/contract/events";
import { readBody } from "../body/body";

/** Copies the event's request as a command and shows a toast. Its code is loaded on demand. */
export async function copyAsCurl(event: EventDetail): Promise<void> {
  const [{ curlCommand }, toast] = await Promise.all([import("./curl"), loadToast()]);
  const command = curlCommand(event, readBody(event.body_base64).bytes, window.location.origin);
  if (!(await copyText(command))) return;
  toast("The request is copied as a curl command.", {
    description: "Signatures and credentials are left out, because they are never stored.",
  });
}
