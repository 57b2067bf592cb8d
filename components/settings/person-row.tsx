import { Ban, CircleCheck, Ellipsis, type LucideIcon, Mail } from "lucide-react";
import type { StaffMember, StaffStatus } from "@/lib/contract/staff";
import { InertText } from "../inert-text";
import { ROLE_LABELS } from "../staff-text";
import { type Columns, cellClass, rowClass } from "../table/data-table";
import { RelativeTime } from "../time";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "../ui/menu";
import { callOf } from "./labels";
import { ScopeLine } from "./scope-line";

export const PERSON_COLUMNS: Columns = [
  { title: "Person" },
  { title: "Role", className: "md:w-36" },
  { title: "Status", className: "md:w-60" },
  { title: "Last sign-in", className: "md:w-32 md:max-lg:hidden" },
  { title: "Actions", className: "md:w-12" },
];

const LOOK: Record<StaffStatus, { icon: LucideIcon; tone: string; word: string }> = {
  active: { icon: CircleCheck, tone: "text-green", word: "Active" },
  invited: { icon: Mail, tone: "text-amber", word: "Invited" },
  disabled: { icon: Ban, tone: "text-grey", word: "Disabled" },
};

export type PersonAction = "role" | "organisations" | "link" | "sign_out" | "disable" | "enable";

/** One person with the possible actions. There are none for oneself. */
export function PersonRow({
  person,
  isSelf,
  onAction,
}: {
  person: StaffMember;
  isSelf: boolean;
  onAction: (action: PersonAction) => void;
}) {
  const { email, role, organisations, status, last_sign_in_at } = person;
  return (
    <tr data-testid="person-row" className={cn(rowClass, "relative")}>
      <td className={cn(cellClass, "md:h-14")}>
        <p className={cn("truncate font-medium", status === "disabled" && "text-quiet")} title={email}>
          <InertText text={callOf(person)} />
          {isSelf && <span className="ml-1.5 font-normal text-faint text-sm">you</span>}
        </p>
        {status !== "invited" && (
          <p className="truncate text-quiet text-sm" title={email}>
            <InertText text={email} />
          </p>
        )}
      </td>
      <td className={cn(cellClass, "max-md:col-start-1 max-md:row-start-2")}>
        {ROLE_LABELS[role].label}
        <ScopeLine organisations={organisations} />
      </td>
      <td className={cn(cellClass, "max-md:col-span-2 max-md:col-start-1 max-md:row-start-2 max-md:justify-self-end")}>
        <StatusWords person={person} />
      </td>
      <td className={cn(cellClass, "text-quiet tabular-nums max-lg:hidden")}>
        {last_sign_in_at ? <RelativeTime at={last_sign_in_at} /> : "never"}
      </td>
      <td className={cn(cellClass, "text-right max-md:col-start-2 max-md:row-start-1")}>
        {!isSelf && <PersonActions person={person} onAction={onAction} />}
      </td>
    </tr>
  );
}

function StatusWords({ person: { status, link_expires_at } }: { person: StaffMember }) {
  const { icon: Icon, tone, word } = LOOK[status];
  return (
    <span className="inline-flex items-center gap-1.5 align-middle">
      <Icon aria-hidden="true" className={cn("size-3.5", tone)} />
      <span className={cn("font-medium", tone)}>{word}</span>
      {status === "invited" && (
        <span className="text-quiet text-sm">
          {link_expires_at ? (
            <>
              link expires <RelativeTime at={link_expires_at} />
            </>
          ) : (
            "link has expired"
          )}
        </span>
      )}
    </span>
  );
}

function PersonActions({ person, onAction }: { person: StaffMember; onAction: (action: PersonAction) => void }) {
  const { status } = person;
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={`Actions for ${callOf(person)}`} data-testid="person-actions">
          <Ellipsis />
        </Button>
      </MenuTrigger>
      <MenuContent>
        {status !== "disabled" && (
          <>
            <MenuItem onSelect={() => onAction("role")}>Change role…</MenuItem>
            <MenuItem onSelect={() => onAction("organisations")}>Change organisations…</MenuItem>
            <MenuItem onSelect={() => onAction("link")}>
              {status === "invited" ? "New invitation link…" : "New password link…"}
            </MenuItem>
            {status === "active" && <MenuItem onSelect={() => onAction("sign_out")}>Sign out everywhere…</MenuItem>}
            <MenuSeparator />
            <MenuItem onSelect={() => onAction("disable")}>
              {status === "invited" ? "Withdraw invitation…" : "Disable…"}
            </MenuItem>
          </>
        )}
        {status === "disabled" && <MenuItem onSelect={() => onAction("enable")}>Enable…</MenuItem>}
      </MenuContent>
    </Menu>
  );
}
