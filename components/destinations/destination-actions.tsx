"use client";

import { Activity, Ellipsis, KeyRound, Pause, Pencil, Play, Power, PowerOff, Send, Siren, Trash2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { Destination } from "@/lib/contract/destinations";
import { OpenIncidentDialog } from "../incident-dialog/lazy-open-incident-dialog";
import { PermissionGuard } from "../permissions/permission-guard";
import { Button } from "../ui/button";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "../ui/menu";
import { type DestinationPermissions, forbiddenToChange, forbiddenToManage, forbiddenToOperate } from "./permissions";

// Loaded when they are opened: the page does not need them.
const DeleteDialog = dynamic(() => import("./delete-dialog").then((module) => module.DeleteDialog), { ssr: false });
const RotateDialog = dynamic(() => import("./rotate-dialog").then((module) => module.RotateDialog), { ssr: false });
const SampleDialog = dynamic(() => import("./sample-dialog").then((module) => module.SampleDialog), { ssr: false });
const SwitchDialog = dynamic(() => import("./switch-dialog").then((module) => module.SwitchDialog), { ssr: false });
const TestDialog = dynamic(() => import("./test-dialog").then((module) => module.TestDialog), { ssr: false });

type Window = "test" | "pause" | "resume" | "enable" | "disable" | "sample" | "rotate" | "delete" | "incident";

/** The actions for a destination: the most likely one first, rare and costly ones in the menu. */
export function DestinationActions({
  destination,
  rights,
  onChanged,
  onEdit,
}: {
  destination: Destination;
  rights: DestinationPermissions;
  onChanged: () => void;
  onEdit: () => void;
}) {
  const router = useRouter();
  const [open, setOpen] = useState<Window | null>(null);
  const close = () => setOpen(null);
  const { enabled, paused_at, kind } = destination;
  const operate = forbiddenToOperate(rights);
  const change = forbiddenToChange(rights, destination);
  const isHttp = kind === "http";
  return (
    <>
      <div className="flex flex-wrap gap-2">
        {isHttp && (
          <PermissionGuard forbidden={operate}>
            <Button
              variant={enabled && !paused_at ? "primary" : "secondary"}
              data-testid="destination-test"
              onClick={() => setOpen("test")}
            >
              <Activity /> Test endpoint
            </Button>
          </PermissionGuard>
        )}
        {!enabled && (
          <PermissionGuard forbidden={forbiddenToManage(rights)}>
            <Button variant="primary" data-testid="destination-enable" onClick={() => setOpen("enable")}>
              <Power /> Enable…
            </Button>
          </PermissionGuard>
        )}
        {enabled && (
          <PermissionGuard forbidden={operate}>
            {paused_at ? (
              <Button variant="primary" data-testid="destination-resume" onClick={() => setOpen("resume")}>
                <Play /> Resume…
              </Button>
            ) : (
              <Button data-testid="destination-pause" onClick={() => setOpen("pause")}>
                <Pause /> Pause…
              </Button>
            )}
          </PermissionGuard>
        )}
        <PermissionGuard forbidden={change}>
          <Button data-testid="destination-edit" onClick={onEdit}>
            <Pencil /> Edit…
          </Button>
        </PermissionGuard>
        <Menu>
          <MenuTrigger asChild>
            <Button size="icon" aria-label="More actions" data-testid="destination-more">
              <Ellipsis />
            </Button>
          </MenuTrigger>
          <MenuContent className="w-60">
            {isHttp && (
              <MenuItem disabled={operate !== null} onSelect={() => setOpen("sample")}>
                <Send /> Send a sample…
              </MenuItem>
            )}
            <MenuItem disabled={operate !== null} onSelect={() => setOpen("incident")}>
              <Siren /> Open an incident…
            </MenuItem>
            {isHttp && (
              <MenuItem disabled={change !== null} onSelect={() => setOpen("rotate")}>
                <KeyRound /> Rotate the secret…
              </MenuItem>
            )}
            {enabled && (
              <MenuItem disabled={!rights.mayManage} onSelect={() => setOpen("disable")}>
                <PowerOff /> Disable…
              </MenuItem>
            )}
            <MenuSeparator />
            <MenuItem
              disabled={change !== null}
              className="text-red [&_svg]:text-red"
              onSelect={() => setOpen("delete")}
            >
              <Trash2 /> Delete…
            </MenuItem>
            {change && <p className="px-2 pt-1 pb-1.5 text-faint text-sm">{change}</p>}
          </MenuContent>
        </Menu>
      </div>
      {open === "test" && <TestDialog destination={destination} onClose={close} onTested={onChanged} />}
      {(open === "pause" || open === "resume" || open === "enable" || open === "disable") && (
        <SwitchDialog action={open} destination={destination} onClose={close} onChanged={onChanged} />
      )}
      {open === "incident" && (
        <OpenIncidentDialog
          target={{
            kind: "matching",
            filter: { destination: [destination.slug], delivery_status: ["dead", "retrying", "held", "pending"] },
            title: `${destination.name} does not accept deliveries`.slice(0, 200),
          }}
          mayGrow={rights.mayManage}
          onClose={close}
        />
      )}
      {open === "sample" && <SampleDialog destination={destination} onClose={close} onSent={onChanged} />}
      {open === "rotate" && <RotateDialog destination={destination} onClose={close} onRotated={onChanged} />}
      {open === "delete" && (
        <DeleteDialog destination={destination} onClose={close} onDeleted={() => router.push("/destinations")} />
      )}
    </>
  );
}
