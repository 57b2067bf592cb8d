"use client";

import dynamic from "next/dynamic";
import type { Incident } from "@/lib/contract/incident-words";
import type { IncidentRights } from "./rights";

// Loaded when they are opened: the page does not need them.
const FindDialog = dynamic(() => import("./find-dialog").then((module) => module.FindDialog), { ssr: false });
const StartSheet = dynamic(() => import("./start-sheet").then((module) => module.StartSheet), { ssr: false });
const AcceptDialog = dynamic(() => import("./accept-dialog").then((module) => module.AcceptDialog), { ssr: false });
const EndDialog = dynamic(() => import("./end-dialog").then((module) => module.EndDialog), { ssr: false });
const EditDialog = dynamic(() => import("./edit-dialog").then((module) => module.EditDialog), { ssr: false });
const EvidenceDialog = dynamic(() => import("./evidence-dialog").then((module) => module.EvidenceDialog), {
  ssr: false,
});

export type IncidentWindow = "find" | "start" | "accept" | "close" | "reopen" | "edit" | "evidence";

/** The dialog that is open, if any. */
export function IncidentWindows({
  open,
  ...props
}: {
  open: IncidentWindow | null;
  incident: Incident;
  rights: IncidentRights;
  onClose: () => void;
  onChanged: () => void;
}) {
  switch (open) {
    case null:
      return null;
    case "find":
      return <FindDialog {...props} />;
    case "start":
      return <StartSheet {...props} />;
    case "accept":
      return <AcceptDialog {...props} />;
    case "close":
    case "reopen":
      return <EndDialog action={open} {...props} />;
    case "edit":
      return <EditDialog {...props} />;
    case "evidence":
      return <EvidenceDialog incident={props.incident} onClose={props.onClose} />;
  }
}
