"use client";

import { Command } from "cmdk";
import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { Dialog } from "radix-ui";
import { type KeyboardEvent, useEffect, useEffectEvent, useState } from "react";
import { closeDialog, typedAhead } from "@/lib/client/dialog-store";
import { remember } from "@/lib/client/recent";
import { useSearch } from "@/lib/client/search";
import { historyAddress } from "../links";
import { useOpener } from "../ui/opener";
import { Commands, IN_HISTORY } from "./palette-commands";
import { firstOf } from "./palette-first";
import { FoundThings } from "./palette-found";
import type { GoOptions } from "./palette-item";
import { PaletteState } from "./palette-state";
import type { Person } from "./person-menu";

/** One field for everything: type a key, an id, a name or a command, and press Enter. */
export function CommandPalette({ person }: { person: Person }) {
  const router = useRouter();
  const [text, setText] = useState(typedAhead);
  const [chosen, setChosen] = useState("");
  // When Enter was pressed before the answer arrived, it opens the first result of the answer.
  const [hurried, setHurried] = useState(false);
  const search = useSearch(text);
  const { found, isPending } = search;
  const giveBack = useOpener(true);
  const close = () => closeDialog("search");
  const run = (act: () => void) => {
    close();
    act();
  };
  const go = (href: string, { label }: GoOptions = {}) => {
    if (label) remember(href, label);
    run(() => router.push(href));
  };
  const first = found && firstOf(found);
  const firstId = first?.id;
  // The first result is selected, so that Enter opens it.
  useEffect(() => {
    if (firstId) setChosen(firstId);
  }, [firstId]);
  const openAwaited = useEffectEvent(() => {
    setHurried(false);
    if (first) go(first.href, first);
    else go(historyAddress({ q: text.trim() }));
  });
  useEffect(() => {
    if (hurried && !isPending) openAwaited();
  }, [hurried, isPending]);
  const onKeyDown = (event: KeyboardEvent) => {
    // Commands, and results that were selected with the arrow keys, need no answer of the server.
    const awaited = chosen === IN_HISTORY || chosen === firstId;
    if (event.key !== "Enter" || !isPending || !awaited || event.nativeEvent.isComposing) return;
    event.preventDefault();
    setHurried(true);
  };
  return (
    <Dialog.Root open onOpenChange={close}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-[rgb(10_14_14/0.4)] dark:bg-[rgb(0_0_0/0.6)]" />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={giveBack}
          className="fixed inset-x-2 top-2 z-50 flex max-h-[calc(100dvh-1rem)] animate-rise flex-col overflow-hidden rounded-md border bg-raised shadow-float outline-none md:inset-x-auto md:top-[12vh] md:left-1/2 md:max-h-[70vh] md:w-[40rem] md:-translate-x-1/2"
        >
          <Dialog.Title className="sr-only">Search and go to</Dialog.Title>
          {/* The server and each group decide what matches. */}
          <Command
            shouldFilter={false}
            onKeyDown={onKeyDown}
            loop
            label="Search and go to"
            value={chosen}
            onValueChange={setChosen}
            className="flex min-h-0 flex-col"
          >
            <div className="flex items-center gap-2.5 border-b px-3.5">
              <Search aria-hidden="true" className="size-4 shrink-0 text-faint" />
              <Command.Input
                value={text}
                onValueChange={(next) => {
                  setText(next);
                  setHurried(false);
                }}
                placeholder="Key, id, request id, name or page"
                className="h-12 min-w-0 flex-1 bg-transparent text-lg outline-none"
                data-testid="search-input"
              />
            </div>
            <Command.List className="min-h-0 overflow-y-auto overscroll-contain p-1.5 [scroll-padding-block:2.5rem]">
              <PaletteState text={text.trim()} search={search} />
              {found && <FoundThings found={found} go={go} />}
              <Commands text={text.trim()} person={person} go={go} run={run} />
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
