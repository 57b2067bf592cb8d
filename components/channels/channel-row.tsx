"use client";

import { ChevronRight, Ellipsis, History, Pencil, Power, PowerOff, Send, Trash2 } from "lucide-react";
import { useId, useState } from "react";
import { CHANNEL_KIND, type Channel } from "@/lib/contract/channel-words";
import { plural } from "../format";
import { InertText } from "../inert-text";
import { type Columns, cellClass, rowClass } from "../table/data-table";
import { RelativeTime } from "../time";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "../ui/menu";
import { ChannelStateBadge, KIND_ICON } from "./channel-state";
import { limitsText, severitiesText, stateOf, targetText } from "./channel-text";
import { NotificationList } from "./notification-list";

export type ChannelAction = "test" | "edit" | "switch" | "delete";

export const CHANNEL_COLUMNS: Columns = [
  { title: "Channel" },
  { title: "Takes", className: "md:w-56 md:max-lg:w-40" },
  { title: "Last outcome", className: "md:w-80 md:max-lg:w-56" },
  { title: "Actions", className: "md:w-36" },
];

/** One channel: whom it tells, what it takes, how its last message ended. Its last messages open below it. */
export function ChannelRow({
  channel,
  forbidden,
  onAct,
}: {
  channel: Channel;
  forbidden: string | null;
  onAct: (action: ChannelAction) => void;
}) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const { kind, name, enabled } = channel;
  const Icon = KIND_ICON[kind];
  const cell = cn(cellClass, "align-top", open && "md:border-b-0");
  return (
    <>
      <tr data-testid="channel-row" className={rowClass}>
        <td className={cell}>
          <span className="flex gap-2.5">
            <Icon aria-hidden="true" className="mt-0.75 size-3.5 shrink-0 text-faint" />
            <span className="min-w-0">
              <span className={cn("block truncate font-medium", !enabled && "text-quiet")} title={name}>
                <InertText text={name} />
              </span>
              <span className="block text-quiet text-sm [overflow-wrap:anywhere]">
                {CHANNEL_KIND[kind].label} · <InertText text={targetText(channel)} />
              </span>
            </span>
          </span>
        </td>
        <td className={cn(cell, "max-md:col-span-2 max-md:row-start-2 max-md:pl-6")}>
          <span className="md:block">{severitiesText(channel.severities)}</span>
          <span className="text-quiet text-sm md:block">
            <span className="md:hidden"> · </span>
            <InertText text={limitsText(channel)} />
          </span>
        </td>
        <td className={cn(cell, "max-md:col-span-2 max-md:row-start-3 max-md:pl-6")}>
          <Outcome channel={channel} />
          <button
            type="button"
            aria-expanded={open}
            aria-controls={id}
            data-testid="channel-messages"
            onClick={() => setOpen(!open)}
            className="mt-0.5 flex items-center gap-1 rounded-sm text-quiet text-sm hover:text-ink hover:underline max-md:h-8"
          >
            <ChevronRight aria-hidden="true" className={cn("size-3 transition-transform", open && "rotate-90")} />
            Last messages
          </button>
        </td>
        <td className={cn(cell, "text-right max-md:col-start-2 max-md:row-start-1")}>
          {forbidden === null && (
            <span className="flex justify-end gap-1">
              <Button
                size="sm"
                className="max-md:hidden"
                data-testid="channel-test"
                aria-label={`Send a test to ${name}`}
                onClick={() => onAct("test")}
              >
                Send a test
              </Button>
              <Menu>
                <MenuTrigger asChild>
                  <Button
                    variant="ghost"
                    size="icon"
                    className="size-7 max-md:size-8"
                    aria-label={`Change ${name}`}
                    data-testid="channel-more"
                  >
                    <Ellipsis />
                  </Button>
                </MenuTrigger>
                <MenuContent>
                  <MenuItem onSelect={() => onAct("test")}>
                    <Send /> Send a test
                  </MenuItem>
                  <MenuItem onSelect={() => setOpen(true)}>
                    <History /> Last messages
                  </MenuItem>
                  <MenuItem onSelect={() => onAct("edit")}>
                    <Pencil /> Edit…
                  </MenuItem>
                  <MenuItem onSelect={() => onAct("switch")}>
                    {enabled ? <PowerOff /> : <Power />} {enabled ? "Turn off…" : "Turn on…"}
                  </MenuItem>
                  <MenuSeparator />
                  <MenuItem className="text-red [&_svg]:text-red" onSelect={() => onAct("delete")}>
                    <Trash2 /> Delete…
                  </MenuItem>
                </MenuContent>
              </Menu>
            </span>
          )}
        </td>
      </tr>
      {open && (
        <tr id={id} className="max-md:block max-md:border-b max-md:pb-3">
          <td colSpan={CHANNEL_COLUMNS.length} className="px-3 pb-4 md:border-b md:pl-9 max-md:block max-md:px-0">
            <NotificationList channel={channel} />
          </td>
        </tr>
      )}
    </>
  );
}

/** How its newest message ended, with the reason of a failure. */
function Outcome({ channel }: { channel: Channel }) {
  const { failures, problem, last_sent_at, last_failed_at } = channel;
  return (
    <>
      <ChannelStateBadge state={stateOf(channel)} />
      {failures > 0 && (
        <span data-testid="channel-problem" className="mt-0.5 block text-pretty text-sm [overflow-wrap:anywhere]">
          {plural(failures, "message")} in a row failed
          {last_failed_at && (
            <>
              , the last <RelativeTime at={last_failed_at} />
            </>
          )}
          . {problem && <InertText text={problem} className="text-red" />}
        </span>
      )}
      {last_sent_at && (
        <span className={cn("text-quiet text-sm", failures > 0 ? "block" : "max-md:ml-2 md:block")}>
          {failures > 0 ? "last accepted " : "accepted "}
          <RelativeTime at={last_sent_at} />
        </span>
      )}
    </>
  );
}
