"use client";

import { Download, Ellipsis, Link2, Scale, SquareTerminal } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { copyText } from "@/lib/client/clipboard";
import { loadToast } from "@/lib/client/toaster";
import type { EventDetail } from "@/lib/contract/events";
import { bodyAddress } from "../body/body";
import { providerName } from "../provider";
import { Button } from "../ui/button";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "../ui/menu";
import { copyAsCurl } from "./copy-as-curl";

const CheckEventDialog = dynamic(() => import("./check-event").then((module) => module.CheckEventDialog));

/** What can be copied, downloaded or asked: the event's link, its request, its bytes, and what its provider has. */
export function EventMenu({ event, mayCheck }: { event: EventDetail; mayCheck: boolean }) {
  const [checking, setChecking] = useState(false);
  return (
    <>
      <Items event={event} onCheck={mayCheck ? () => setChecking(true) : undefined} />
      {checking && <CheckEventDialog event={event} onClose={() => setChecking(false)} />}
    </>
  );
}

function Items({ event, onCheck }: { event: EventDetail; onCheck: (() => void) | undefined }) {
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button size="icon" variant="secondary" aria-label="More about this event" data-testid="event-menu">
          <Ellipsis />
        </Button>
      </MenuTrigger>
      <MenuContent>
        {onCheck && (
          <MenuItem onSelect={onCheck} data-testid="check-event">
            <Scale /> Check with {providerName(event.provider_slug)}…
          </MenuItem>
        )}
        <MenuItem onSelect={() => copyLink(event.id)}>
          <Link2 /> Copy link
        </MenuItem>
        <MenuItem onSelect={() => copyAsCurl(event)}>
          <SquareTerminal /> Copy as curl
        </MenuItem>
        <MenuItem asChild>
          <a href={bodyAddress(event.id)} download>
            <Download /> Download the bytes
          </a>
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}

/** Copies a link to the event alone: its recipient may not have the same list. */
async function copyLink(id: string) {
  if (!(await copyText(`${window.location.origin}/events/${id}`))) return;
  const toast = await loadToast();
  toast("The link is copied.");
}
