"use client";

import { Keyboard, LogOut } from "lucide-react";
import Link from "next/link";
import { openDialog } from "@/lib/client/dialog-store";
import type { StaffRole } from "@/lib/contract/vocabulary";
import { InertText } from "../inert-text";
import { scopeText } from "../staff-text";
import { Keys } from "../ui/keys";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "../ui/menu";
import { ACCOUNT } from "./navigation";
import { signOutOfConsole } from "./sign-out";

export interface Person {
  name: string;
  role: StaffRole;
  /** The organisations that this person is limited to; null means all. */
  organisations: readonly string[] | null;
  mayManage: boolean;
}

const ROLE: Record<StaffRole, string> = {
  viewer: "Viewer: can see everything, cannot make changes",
  support: "Support: can replay events",
  admin: "Administrator",
};

export function PersonMenu({ person }: { person: Person }) {
  return (
    <Menu>
      <MenuTrigger
        aria-label={`${initials(person.name)}: account of ${person.name}`}
        className="ml-1 grid size-7 place-items-center rounded-full bg-hover font-semibold text-quiet text-xs ring-1 ring-line-strong ring-inset hover:text-ink"
      >
        {initials(person.name)}
      </MenuTrigger>
      <MenuContent>
        <div className="px-2 py-1.5">
          <p className="font-medium">{person.name}</p>
          <p className="text-quiet text-sm">{ROLE[person.role]}</p>
          {person.organisations && (
            <p data-testid="own-scope" className="text-quiet text-sm">
              <InertText text={scopeText(person.organisations)} />
            </p>
          )}
        </div>
        <MenuSeparator />
        <MenuItem asChild>
          <Link href={ACCOUNT.href}>
            <ACCOUNT.icon />
            {ACCOUNT.name}
          </Link>
        </MenuItem>
        <MenuItem onSelect={() => openDialog("help")}>
          <Keyboard />
          <span className="flex-1">Keyboard help</span>
          <Keys keys="?" />
        </MenuItem>
        <MenuItem onSelect={() => void signOutOfConsole()}>
          <LogOut />
          Sign out
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}

function initials(name: string): string {
  const words = name.split(/[\s@._-]+/).filter(Boolean);
  return (words.length > 1 ? words.slice(0, 2).map((word) => word[0]) : [name.slice(0, 2)]).join("").toUpperCase();
}
