import { BellOff, Ellipsis, Siren, UserPlus } from "lucide-react";
import Link from "next/link";
import type { Alert } from "@/lib/contract/api/alerts";
import { PermissionGuard } from "../permissions/permission-guard";
import { Button } from "../ui/button";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "../ui/menu";
import { stateOf } from "./alert-state";
import type { AlertWindow } from "./alert-windows";
import { type AlertRights, forbiddenToHandle, forbiddenToOpen } from "./rights";

/** What a person does with an alert: the likely action is a button, the others are in the menu. */
export function AlertActions({
  alert,
  rights,
  large,
  onOpen,
}: {
  alert: Alert;
  rights: AlertRights;
  large?: boolean;
  onOpen: (window: AlertWindow) => void;
}) {
  const forbidden = forbiddenToHandle(rights);
  const state = stateOf(alert);
  return (
    <>
      {state === "firing" && (
        <PermissionGuard forbidden={forbidden}>
          <Button
            size={large ? "md" : "sm"}
            variant={large ? "primary" : "secondary"}
            data-testid="alert-acknowledge"
            onClick={() => onOpen("acknowledge")}
          >
            Acknowledge…
          </Button>
        </PermissionGuard>
      )}
      <Menu>
        <MenuTrigger asChild>
          <Button
            size="icon"
            className={large ? undefined : "size-7"}
            aria-label="More actions"
            data-testid="alert-more"
          >
            <Ellipsis />
          </Button>
        </MenuTrigger>
        <MenuContent className="w-56">
          <MenuItem disabled={forbidden !== null} onSelect={() => onOpen("assign")}>
            <UserPlus /> {alert.assignee ? "Assign to another…" : "Assign…"}
          </MenuItem>
          <MenuItem disabled={forbidden !== null} onSelect={() => onOpen("silence")}>
            <BellOff /> Silence…
          </MenuItem>
          {alert.incident_id ? (
            <MenuItem asChild>
              <Link href={`/incidents/${alert.incident_id}`}>
                <Siren /> Show {alert.incident_id}
              </Link>
            </MenuItem>
          ) : (
            <MenuItem disabled={forbiddenToOpen(rights) !== null} onSelect={() => onOpen("incident")}>
              <Siren /> Open an incident…
            </MenuItem>
          )}
          {forbidden && <p className="px-2 pt-1 pb-1.5 text-faint text-sm">{forbidden}</p>}
        </MenuContent>
      </Menu>
    </>
  );
}
