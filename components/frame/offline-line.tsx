"use client";

import { WifiOff } from "lucide-react";
import { useRouter } from "next/navigation";
import { useOffline } from "next/offline";
import { useEffect, useState } from "react";

/**
 * Shown while the server is unreachable. The page stays, and the last clicked link opens when the server responds. Without
 * this Next would show the next page's prefetched skeleton at once.
 */
export function OfflineLine() {
  const offline = useOffline();
  const router = useRouter();
  const [clicked, setClicked] = useState<string | null>(null);

  useEffect(() => {
    if (!offline) return;
    const keep = (event: MouseEvent) => {
      const target = linkOf(event);
      if (!target) return;
      event.preventDefault();
      event.stopPropagation();
      setClicked(target);
    };
    // Before React, and with it Next, handles the click.
    document.addEventListener("click", keep, { capture: true });
    return () => document.removeEventListener("click", keep, { capture: true });
  }, [offline]);

  useEffect(() => {
    if (offline || !clicked) return;
    setClicked(null);
    router.push(clicked);
  }, [offline, clicked, router]);

  if (!offline) return null;
  return (
    <p
      role="status"
      data-testid="offline"
      className="fixed inset-x-4 bottom-4 z-50 mx-auto flex w-fit max-w-[calc(100vw-2rem)] items-center gap-2 rounded-md border bg-raised px-3 py-2 text-amber shadow-float"
    >
      <WifiOff aria-hidden="true" className="size-3.5 shrink-0" />
      <span>
        You are offline. Retrying…{" "}
        <span className="text-quiet">
          {clicked ? "The page you chose opens when the server responds." : "You can go on reading this page."}
        </span>
      </span>
    </p>
  );
}

/** The console's page that a plain click on a link opens. The browser handles clicks with a modifier key. */
function linkOf(event: MouseEvent): string | null {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
  if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return null;
  const { pathname, search, hash } = link;
  return pathname === location.pathname && search === location.search ? null : pathname + search + hash;
}
