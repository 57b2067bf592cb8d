/** Gives the focus back to what opened a window. Radix does so only for windows with a trigger of their own. */
import { useMemo } from "react";

const WINDOWS = "[role=dialog], [role=alertdialog]";

/** What opened the newest window that was not opened from another one. */
let first: HTMLElement | null = null;

/** For Radix's `onCloseAutoFocus`. A window that follows another, such as a form's secret, gives back to what opened the form. */
export function useOpener(open: boolean): (event: Event) => void {
  // Read while the window is drawn: before it takes the focus, and before the one it follows is gone.
  const opener = useMemo(() => (open ? openerNow() : null), [open]);
  return (event) => {
    event.preventDefault();
    // Without either, such as after a row that is gone: the page, where the next Tab finds its first control.
    const next = [opener, first].find((one) => one?.isConnected) ?? document.getElementById("page");
    next?.focus({ preventScroll: true });
  };
}

function openerNow(): HTMLElement | null {
  if (typeof document === "undefined") return null;
  const focused = document.activeElement;
  // A menu closes with its choice: what opened the menu is what remains.
  const trigger = focused?.closest("[role=menu]")?.getAttribute("aria-labelledby");
  const opener = trigger ? document.getElementById(trigger) : focused;
  if (!(opener instanceof HTMLElement) || opener === document.body) {
    if (!document.querySelector(WINDOWS)) first = null;
    return null;
  }
  if (!opener.closest(WINDOWS)) first = opener;
  return opener;
}
