"use client";

/** Back in a list, the focus is on the row that was opened from it, or else on the one that was viewed last. */
import { usePathname } from "next/navigation";
import { useEffect, useRef } from "react";

/** After this the user is already reading the list, so the focus stays where it is. */
const WITHIN_MS = 5_000;

export function useRowFocus(): void {
  const path = usePathname();
  const before = useRef(path);
  const opened = useRef<{ list: string; row: string } | null>(null);
  useEffect(() => {
    function note({ target }: MouseEvent) {
      const link = (target as Element | null)?.closest?.("main :is(tr, li) a[href^='/']");
      if (link) opened.current = { list: window.location.pathname, row: pathIn(link) };
    }
    // Enter on a link is a click, too.
    document.addEventListener("click", note, true);
    return () => document.removeEventListener("click", note, true);
  }, []);
  useEffect(() => {
    const from = before.current;
    before.current = path;
    if (!opened.current || path !== opened.current.list || from === path) return;
    return focusFirst([from, opened.current.row]);
  }, [path]);
}

/** Focuses the row of the first of these paths that has one, once it is rendered, unless the user has moved the focus. */
function focusFirst(paths: string[]): () => void {
  const observer = new MutationObserver(look);
  const timer = setTimeout(stop, WITHIN_MS);
  function look() {
    const focused = document.activeElement;
    if (focused && focused !== document.body && focused.id !== "page") return stop();
    const links = [...document.querySelectorAll<HTMLAnchorElement>("main :is(tr, li) a[href^='/']")];
    const row = paths.map((path) => links.find((link) => pathIn(link) === path)).find(Boolean);
    if (!row) return;
    row.focus({ preventScroll: true });
    stop();
  }
  function stop() {
    observer.disconnect();
    clearTimeout(timer);
  }
  observer.observe(document.body, { childList: true, subtree: true });
  look();
  return stop;
}

function pathIn(link: Element): string {
  return new URL(link.getAttribute("href") ?? "/", window.location.origin).pathname;
}
