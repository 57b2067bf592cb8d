"use client";

import { Download, Ellipsis, Link2, SquareTerminal } from "lucide-react";
import { copyText } from "@/lib/client/clipboard";
import { loadToast } from "@/lib/client/toaster";
import type { EventDetail } from "@/lib/contract/events";
import { Button } from "../ui/button";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "../ui/menu";
import { bodyAddress } from "./body";
import { copyAsCurl } from "./copy-as-curl";

/** What can be copied or downloaded: the event's link, its request, its bytes. */
export function EventMenu({ event }: { event: EventDetail }) {
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button size="icon" variant="secondary" aria-label="More about this event" data-testid="event-menu">
          <Ellipsis />
        </Button>
      </MenuTrigger>
      <MenuContent>
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
