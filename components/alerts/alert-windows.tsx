"use client";

import { useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import type { Alert } from "@/lib/contract/api/alerts";
import type { AlertRights } from "./rights";

// Loaded when they are opened: the page does not need them.
const AcknowledgeDialog = dynamic(() => import("./acknowledge-dialog").then((module) => module.AcknowledgeDialog), {
  ssr: false,
});
const AssignDialog = dynamic(() => import("./assign-dialog").then((module) => module.AssignDialog), { ssr: false });
const SilenceDialog = dynamic(() => import("./silence-dialog").then((module) => module.SilenceDialog), { ssr: false });
const IncidentDialog = dynamic(() => import("./incident-dialog").then((module) => module.IncidentDialog), {
  ssr: false,
});

export type AlertWindow = "acknowledge" | "assign" | "silence" | "incident";

/** The dialog that is open, if any. What it changed is read again everywhere. */
export function AlertWindows({
  open,
  alert,
  rights,
  onClose,
}: {
  open: AlertWindow | null;
  alert: Alert | null;
  rights: AlertRights;
  onClose: () => void;
}) {
  const client = useQueryClient();
  if (!alert) return null;
  const onDone = () => {
    void client.invalidateQueries({ queryKey: ["alerts"] });
    void client.invalidateQueries({ queryKey: ["silences"] });
    onClose();
  };
  const props = { alert, onDone, onClose };
  switch (open) {
    case null:
      return null;
    case "acknowledge":
      return <AcknowledgeDialog {...props} />;
    case "assign":
      return <AssignDialog {...props} rights={rights} />;
    case "silence":
      return <SilenceDialog {...props} />;
    case "incident":
      return <IncidentDialog {...props} />;
  }
}
