import { loadToast } from "./toaster";

/** Copies text. False when the browser refused: over plain HTTP, or without permission, a page has no clipboard. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const toast = await loadToast();
    toast.error("Copy failed: the browser blocked clipboard access.", {
      description: "Select the text and copy it, or open the console over HTTPS.",
    });
    return false;
  }
}
