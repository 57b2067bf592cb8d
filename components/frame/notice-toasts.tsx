"use client";

import { useQuery } from "@tanstack/react-query";
import { usePathname, useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { noticeAddress } from "@/components/links";
import { seeNotices } from "@/lib/client/notices";
import { noticesQuery } from "@/lib/client/queries/frame";
import { loadToast } from "@/lib/client/toaster";
import { STREAM_POLL_MS, useLiveRefetch } from "@/lib/client/use-live-refetch";

const LOOK_EVERY_MS = 10_000;

/** Shows the notices a person asked for, on every page. A hidden tab neither asks for them nor shows any. */
export function NoticeToasts() {
  const router = useRouter();
  const path = usePathname();
  const told = useRef(0);
  const streaming = useLiveRefetch({ interests: ["notices"], read: () => void refetch() });
  const { data, refetch } = useQuery({
    ...noticesQuery(),
    refetchInterval: streaming ? STREAM_POLL_MS : LOOK_EVERY_MS,
  });
  useEffect(() => {
    const fresh = (data ?? []).filter(({ id }) => id > told.current);
    const newest = Math.max(0, ...fresh.map(({ id }) => id));
    if (newest === 0) return;
    told.current = newest;
    void seeNotices(newest).catch(() => {
      // Not marked as seen: after a reload it is shown once more, which is better than never.
    });
    void loadToast().then((toast) => {
      for (const { subject, message } of fresh.reverse()) {
        const address = noticeAddress(subject);
        // Its own page already shows what happened.
        if (path === address) continue;
        toast.info(message, { action: { label: "Show", onClick: () => router.push(address) } });
      }
    });
  }, [data, path, router]);
  return null;
}
