"use client";

import dynamic from "next/dynamic";
import { usePathname, useRouter } from "next/navigation";
import { useEffect } from "react";
import { openDialog, typeAhead, useOpenDialog } from "@/lib/client/dialog-store";
import { useLiveStream } from "@/lib/client/live-stream";
import { remember } from "@/lib/client/recent";
import { useRowFocus } from "@/lib/client/row-focus";
import { useShortcuts } from "@/lib/client/shortcuts";
import { NAV_ITEMS } from "./navigation";
import type { Person } from "./person-menu";

// Neither is needed for the first paint.
const CommandPalette = dynamic(() => import("./command-palette").then((module) => module.CommandPalette), {
  ssr: false,
  loading: () => <TypedMeanwhile />,
});
const KeyboardHelp = dynamic(() => import("./keyboard-help").then((module) => module.KeyboardHelp), { ssr: false });

/** Pages that the palette offers as recent. */
const ITEM = /^\/(events|replays|destinations)\/[^/]+$/;

/** Takes what is typed while the palette is being loaded. */
function TypedMeanwhile() {
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: the person opened the palette, which will have the focus.
      autoFocus
      aria-label="Search and go to"
      className="sr-only"
      onChange={({ target }) => typeAhead(target.value)}
    />
  );
}

/** What every page has: the stream of changes, the global shortcuts, and the dialogs they open. */
export function GlobalDialogs({ person }: { person: Person }) {
  const router = useRouter();
  const path = usePathname();
  const searching = useOpenDialog("search");
  const helping = useOpenDialog("help");
  useLiveStream();
  useRowFocus();
  useShortcuts("Everywhere", [
    { keys: "mod+k", label: "Search and go to", run: () => openDialog("search") },
    { keys: "?", label: "Keyboard help", run: () => openDialog("help") },
  ]);
  useShortcuts(
    "Go to",
    Object.values(NAV_ITEMS).map(({ key, name, href }) => ({
      keys: `g ${key}`,
      label: name,
      run: () => router.push(href),
    })),
  );
  useEffect(() => {
    if (ITEM.test(path)) remember(path);
  }, [path]);
  return (
    <>
      {searching && <CommandPalette person={person} />}
      {helping && <KeyboardHelp />}
    </>
  );
}
