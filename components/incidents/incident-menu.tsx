import { ArchiveRestore, Ellipsis, Inbox, PencilLine, RotateCcw, SquareCheck } from "lucide-react";
import Link from "next/link";
import { type Incident, isClosed } from "@/lib/contract/incident-words";
import { historyAddress } from "../links";
import { Button } from "../ui/button";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "../ui/menu";
import type { IncidentWindow } from "./incident-windows";
import { forbiddenToHandle, type IncidentRights } from "./rights";

/** What is done rarely. The likely action is in the next step. */
export function IncidentMenu({
  incident,
  rights,
  onOpen,
}: {
  incident: Incident;
  rights: IncidentRights;
  onOpen: (window: IncidentWindow) => void;
}) {
  const forbidden = forbiddenToHandle(rights);
  const closed = isClosed(incident.state);
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button size="icon" aria-label="More actions" data-testid="incident-more">
          <Ellipsis />
        </Button>
      </MenuTrigger>
      <MenuContent className="w-60">
        <MenuItem disabled={forbidden !== null} onSelect={() => onOpen("edit")}>
          <PencilLine /> Change title, severity, owner…
        </MenuItem>
        <MenuItem asChild>
          <Link href={historyAddress({ from_ts: incident.from_ts, to_ts: incident.to_ts })}>
            <Inbox /> Events of this window
          </Link>
        </MenuItem>
        <MenuItem onSelect={() => onOpen("evidence")}>
          <ArchiveRestore /> Download the evidence…
        </MenuItem>
        <MenuSeparator />
        {closed ? (
          <MenuItem disabled={forbidden !== null} onSelect={() => onOpen("reopen")}>
            <RotateCcw /> Reopen…
          </MenuItem>
        ) : (
          <MenuItem disabled={forbidden !== null} onSelect={() => onOpen("close")}>
            <SquareCheck /> {rights.mayDecide ? "Close…" : "Ask to close…"}
          </MenuItem>
        )}
        {forbidden && <p className="px-2 pt-1 pb-1.5 text-faint text-sm">{forbidden}</p>}
      </MenuContent>
    </Menu>
  );
}
