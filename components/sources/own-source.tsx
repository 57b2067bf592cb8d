"use client";

import { Ellipsis, Pencil, Power, PowerOff, RefreshCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { useOrigin } from "@/lib/client/use-hydrated";
import type { Source, SourceProvider } from "@/lib/contract/sources";
import { plural } from "../format";
import { InertText } from "../inert-text";
import { ExactTime, RelativeTime } from "../time";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "../ui/menu";
import { DeleteSource, RotateSource, SwitchSource } from "./source-confirmations";
import { SourceDialog } from "./source-dialog";

type Window = "edit" | "rotate" | "switch" | "delete";

/** One source: its organisation, what came through its URL, and its actions. */
export function OwnSource({
  source,
  provider,
  forbidden,
  onChanged,
}: {
  source: Source;
  provider: SourceProvider;
  forbidden: string | null;
  onChanged: () => void;
}) {
  const [open, setOpen] = useState<Window | null>(null);
  const origin = useOrigin();
  const close = () => setOpen(null);
  const { name, url, organisation_id, company_id, enabled, last_event, previous_token_expires_at } = source;
  const overlap = previous_token_expires_at && Date.parse(previous_token_expires_at) > Date.now();
  return (
    <li data-testid="own-source" className="flex gap-3 border-b py-2.5">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className={cn("font-medium", !enabled && "text-faint line-through")}>
            <InertText text={name} />
          </span>
          {!enabled && <span className="text-red text-sm">Disabled: requests are rejected</span>}
          <span className="font-mono text-quiet text-sm">
            <InertText text={[organisation_id, company_id].filter(Boolean).join(" / ") || "no organisation"} />
          </span>
        </p>
        <p className="font-mono text-quiet text-sm [overflow-wrap:anywhere]">
          {url.startsWith("/") ? `${origin}${url}` : url}
        </p>
        <p className="text-faint text-sm">
          {last_event ? (
            <>
              last event <RelativeTime at={last_event.received_at} />
            </>
          ) : (
            "no event yet"
          )}
          {Object.entries(source.settings).map(([key, value]) => (
            <span key={key}>
              {" · "}
              {provider.settings[key]?.label ?? key}: <InertText text={value} />
            </span>
          ))}
          {source.max_per_minute !== null && ` · at most ${plural(source.max_per_minute, "event")} a minute`}
        </p>
        {overlap && previous_token_expires_at && (
          <p className="text-amber text-sm" suppressHydrationWarning>
            The previous URL accepts events until <ExactTime at={previous_token_expires_at} />.
          </p>
        )}
      </div>
      {forbidden === null && (
        <Menu>
          <MenuTrigger asChild>
            <Button variant="ghost" size="icon" aria-label={`Change ${name}`} data-testid="source-more">
              <Ellipsis />
            </Button>
          </MenuTrigger>
          <MenuContent>
            <MenuItem onSelect={() => setOpen("edit")}>
              <Pencil /> Edit…
            </MenuItem>
            <MenuItem onSelect={() => setOpen("rotate")}>
              <RefreshCw /> Rotate the URL…
            </MenuItem>
            <MenuItem onSelect={() => setOpen("switch")}>
              {enabled ? <PowerOff /> : <Power />} {enabled ? "Disable…" : "Enable…"}
            </MenuItem>
            <MenuSeparator />
            <MenuItem className="text-red [&_svg]:text-red" onSelect={() => setOpen("delete")}>
              <Trash2 /> Delete…
            </MenuItem>
          </MenuContent>
        </Menu>
      )}
      {open === "edit" && <SourceDialog provider={provider} source={source} onClose={close} onSaved={onChanged} />}
      {open === "rotate" && <RotateSource source={source} onClose={close} onDone={onChanged} />}
      {open === "switch" && <SwitchSource source={source} onClose={close} onDone={onChanged} />}
      {open === "delete" && <DeleteSource source={source} onClose={close} onDone={onChanged} />}
    </li>
  );
}
