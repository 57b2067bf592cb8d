"use client";

import { Menu as MenuIcon } from "lucide-react";
import { useState } from "react";
import { Button } from "../ui/button";
import { Dialog, DialogContent, DialogTrigger } from "../ui/dialog";
import { SETTINGS } from "./navigation";
import { MainLinks, SidebarLinks } from "./sidebar-links";

/** The sidebar on a phone: a sheet behind a button. */
export function PhoneMenu({ mayManage }: { mayManage: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button variant="ghost" size="icon" className="-ml-2 md:hidden" aria-label="Open the menu">
          <MenuIcon />
        </Button>
      </DialogTrigger>
      <DialogContent title="Redrive" side="left">
        <MainLinks onNavigate={() => setOpen(false)} />
        {mayManage && (
          <div className="mt-2 border-t pt-2">
            <SidebarLinks rooms={[SETTINGS]} label="Administration" onNavigate={() => setOpen(false)} />
          </div>
        )}
      </DialogContent>
    </Dialog>
  );
}
