"use client";

import { Download, Ellipsis, Link2, RotateCcw, Scale, SquareTerminal, UserRound } from "lucide-react";
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

const AssignDialog = dynamic(() => import("./assign-dialog").then((module) => module.AssignDialog));
const ReopenDialog = dynamic(() => import("./reopen-dialog").then((module) => module.ReopenDialog));

type Opened = "check" | "assign" | "reopen";

/** What else can be done: ask the provider, assign or reopen the event, copy its link and its request, download its bytes. */
export function EventMenu({
  event,
  mayCheck,
  mayResolve,
  onChanged,
}: {
  event: EventDetail;
  mayCheck: boolean;
  mayResolve: boolean;
  onChanged: () => void;
}) {
  const [opened, setOpened] = useState<Opened>();
  const close = () => setOpened(undefined);
  const offered: Record<Opened, boolean> = {
    check: mayCheck,
    assign: mayResolve,
    reopen: mayResolve && event.status === "resolved",
  };
  return (
    <>
      <Items event={event} offered={offered} onOpen={setOpened} />
      {opened === "check" && <CheckEventDialog event={event} onClose={close} />}
      {opened === "assign" && <AssignDialog event={event} onClose={close} onAssigned={onChanged} />}
      {opened === "reopen" && <ReopenDialog eventId={event.id} onClose={close} onReopened={onChanged} />}
    </>
  );
}

function Items({
  event,
  offered,
  onOpen,
}: {
  event: EventDetail;
  offered: Record<Opened, boolean>;
  onOpen: (dialog: Opened) => void;
}) {
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button size="icon" variant="secondary" aria-label="More about this event" data-testid="event-menu">
          <Ellipsis />
        </Button>
      </MenuTrigger>
      <MenuContent>
        {offered.check && (
          <MenuItem onSelect={() => onOpen("check")} data-testid="check-event">
            <Scale /> Check with {providerName(event.provider_slug)}…
          </MenuItem>
        )}
        {offered.assign && (
          <MenuItem onSelect={() => onOpen("assign")} data-testid="assign-event">
            <UserRound /> Assign…
          </MenuItem>
        )}
        {offered.reopen && (
          <MenuItem onSelect={() => onOpen("reopen")} data-testid="reopen-event">
            <RotateCcw /> Reopen…
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
