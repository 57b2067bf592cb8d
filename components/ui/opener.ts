/** Returns the focus to what opened a dialog. Radix does so only for dialogs with a trigger of their own. */
import { useMemo } from "react";

const WINDOWS = "[role=dialog], [role=alertdialog]";

/** What opened the newest dialog that was not opened from another dialog. */
let first: HTMLElement | null = null;

/** For Radix's `onCloseAutoFocus`. A dialog that follows another, such as a form's secret, uses the form's opener. */
export function useOpener(open: boolean): (event: Event) => void {
  // Read during render: before the dialog takes the focus, and before the dialog it follows is gone.
  const opener = useMemo(() => (open ? openerNow() : null), [open]);
  return (event) => {
    event.preventDefault();
    // Without either, such as after a removed row, the page gets the focus: the next Tab finds its first control.
    const next = [opener, first].find((one) => one?.isConnected) ?? document.getElementById("page");
    next?.focus({ preventScroll: true });
  };
}

function openerNow(): HTMLElement | null {
  if (typeof document === "undefined") return null;
  const focused = document.activeElement;
  // A menu closes after a choice, so the focus returns to the menu's button.
  const trigger = focused?.closest("[role=menu]")?.getAttribute("aria-labelledby");
  const opener = trigger ? document.getElementById(trigger) : focused;
  if (!(opener instanceof HTMLElement) || opener === document.body) {
    if (!document.querySelector(WINDOWS)) first = null;
    return null;
  }
  if (!opener.closest(WINDOWS)) first = opener;
  return opener;
}
