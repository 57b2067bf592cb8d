import { Ban, CircleCheck, Ellipsis, type LucideIcon, Mail } from "lucide-react";
import type { StaffMember, StaffStatus } from "@/lib/contract/staff";
import { InertText } from "../inert-text";
import { RelativeTime } from "../time";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "../ui/menu";
import { type Columns, cellLook, rowLook } from "./table";
import { ROLE_WORDS } from "./words";

export const PERSON_COLUMNS: Columns = [
  { title: "Person" },
  { title: "Role", className: "md:w-36" },
  { title: "Status", className: "md:w-52" },
  { title: "Last sign-in", className: "md:w-32 md:max-lg:hidden" },
  { title: "Actions", className: "md:w-12" },
];

const LOOK: Record<StaffStatus, { icon: LucideIcon; tone: string; word: string }> = {
  active: { icon: CircleCheck, tone: "text-green", word: "Active" },
  invited: { icon: Mail, tone: "text-amber", word: "Invited" },
  disabled: { icon: Ban, tone: "text-grey", word: "Disabled" },
};

export type PersonAction = "role" | "link" | "disable" | "enable";

/** One person, with what can be done. Nothing can be done with oneself. */
export function PersonRow({
  person,
  isSelf,
  onAction,
}: {
  person: StaffMember;
  isSelf: boolean;
  onAction: (action: PersonAction) => void;
}) {
  const { name, email, role, status, last_sign_in_at } = person;
  return (
    <tr data-testid="person-row" className={cn(rowLook, "relative")}>
      <td className={cellLook}>
        <p className={cn("truncate font-medium", status === "disabled" && "text-quiet")}>
          <InertText text={name} />
          {isSelf && <span className="ml-1.5 font-normal text-faint text-sm">you</span>}
        </p>
        <p className="truncate text-quiet text-sm" title={email}>
          <InertText text={email} />
        </p>
      </td>
      <td className={cn(cellLook, "max-md:col-start-1 max-md:row-start-2")}>
        {ROLE_WORDS[role].label}
        <span className="text-quiet md:hidden"> · {LOOK[status].word.toLowerCase()}</span>
      </td>
      <td className={cn(cellLook, "max-md:hidden")}>
        <StatusWords person={person} />
      </td>
      <td className={cn(cellLook, "text-quiet tabular-nums max-lg:hidden")}>
        {last_sign_in_at ? <RelativeTime at={last_sign_in_at} /> : "never"}
      </td>
      <td className={cn(cellLook, "text-right max-md:col-start-2 max-md:row-start-1")}>
        {!isSelf && <PersonActions person={person} onAction={onAction} />}
      </td>
    </tr>
  );
}

function StatusWords({ person: { status, link_expires_at } }: { person: StaffMember }) {
  const { icon: Icon, tone, word } = LOOK[status];
  return (
    <>
      <span className={cn("inline-flex items-center gap-1.5 font-medium", tone)}>
        <Icon aria-hidden="true" className="size-3.5" />
        {word}
      </span>
      {status === "invited" && (
        <span className="block pl-5 text-quiet text-sm">
          {link_expires_at ? (
            <>
              link ends <RelativeTime at={link_expires_at} />
            </>
          ) : (
            "link has ended"
          )}
        </span>
      )}
    </>
  );
}

function PersonActions({ person, onAction }: { person: StaffMember; onAction: (action: PersonAction) => void }) {
  const { status } = person;
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={`Actions for ${person.name}`} data-testid="person-actions">
          <Ellipsis />
        </Button>
      </MenuTrigger>
      <MenuContent>
        {status !== "disabled" && (
          <>
            <MenuItem onSelect={() => onAction("role")}>Change role…</MenuItem>
            <MenuItem onSelect={() => onAction("link")}>
              {status === "invited" ? "New invitation link…" : "New password link…"}
            </MenuItem>
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
