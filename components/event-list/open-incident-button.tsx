"use client";

import { Siren } from "lucide-react";
import { useState } from "react";
import type { EventFilter } from "@/lib/contract/event-filter";
import { OpenIncidentDialog } from "../incident-dialog/lazy-open-incident-dialog";
import { MAY_NOT_OPEN_INCIDENT } from "../incident-dialog/may-not-open";
import { useMayOperate } from "../permissions/may-operate";
import { PermissionGuard } from "../permissions/permission-guard";
import { Button } from "../ui/button";

/** Opens an incident about all that the filter matches at that moment. */
export function OpenIncidentButton({ filter }: { filter: EventFilter }) {
  const mayOpen = useMayOperate();
  const [open, setOpen] = useState(false);
  return (
    <>
      <PermissionGuard forbidden={mayOpen ? null : MAY_NOT_OPEN_INCIDENT}>
        <Button
          variant="ghost"
          size="sm"
          className="max-md:h-9"
          title="Open an incident about all that match"
          data-testid="incident-of-filter"
          onClick={() => setOpen(true)}
        >
          <Siren /> <span className="md:max-2xl:sr-only">Open incident…</span>
        </Button>
      </PermissionGuard>
      {open && (
        <OpenIncidentDialog
          target={{ kind: "matching", filter }}
          // The selection bar knows who may.
          mayGrow={false}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
