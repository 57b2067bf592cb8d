"use client";

import { useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useLiveQuery } from "@/lib/client/live-query";
import { staffQuery } from "@/lib/client/queries/settings";
import { loadToast } from "@/lib/client/toaster";
import type { SingleSignOnSettings } from "@/lib/contract/single-sign-on";
import type { StaffMember, StaffWithInvitation } from "@/lib/contract/staff";
import { SecretDialog } from "../forms/one-time-secret";
import { DataTable } from "../table/data-table";
import { useTimeFormat } from "../time";
import { Button } from "../ui/button";
import { InviteDialog } from "./invite-dialog";
import { PersonDialog } from "./person-dialogs";
import { PERSON_COLUMNS, type PersonAction, PersonRow } from "./person-row";
import { SignInLimits } from "./sign-in-limits";
import { SingleSignOn } from "./single-sign-on";

const REFRESH_MS = 10_000;

type Open = "invite" | { person: StaffMember; action: PersonAction } | { linked: StaffWithInvitation };

/** The staff, and an administrator's actions for each person. */
export function PeopleList({
  ownId,
  ownOrganisations,
  singleSignOn,
}: {
  singleSignOn: SingleSignOnSettings;
  ownId: string;
  ownOrganisations: readonly string[] | null;
}) {
  const client = useQueryClient();
  const time = useTimeFormat();
  const [open, setOpen] = useState<Open | null>(null);
  const { data } = useLiveQuery(staffQuery(), { topics: ["audit"], interval: () => REFRESH_MS });
  const refresh = () => void client.invalidateQueries({ queryKey: staffQuery().queryKey });
  const close = () => setOpen(null);
  const showLink = (linked: StaffWithInvitation) => {
    setOpen({ linked });
    refresh();
  };
  async function changed(words: string) {
    close();
    refresh();
    (await loadToast()).success(words);
  }
  return (
    <>
      <div className="flex items-center justify-between gap-3 pb-3">
        <p className="text-pretty text-quiet">Who can sign in, and what they can do.</p>
        <Button variant="primary" data-testid="invite" onClick={() => setOpen("invite")}>
          <UserPlus /> Invite…
        </Button>
      </div>
      <DataTable caption="People" columns={PERSON_COLUMNS}>
        {data.map((person) => (
          <PersonRow
            key={person.id}
            person={person}
            isSelf={person.id === ownId}
            onAction={(action) => setOpen({ person, action })}
          />
        ))}
      </DataTable>
      {data.length === 1 && ownOrganisations === null && (
        <p className="pt-4 text-pretty text-quiet">
          You are the only user. Invite a second administrator, so that you cannot be locked out.
        </p>
      )}
      <SignInLimits />
      <SingleSignOn settings={singleSignOn} />
      {open === "invite" && <InviteDialog own={ownOrganisations} onClose={close} onInvited={showLink} />}
      {open !== null && open !== "invite" && "person" in open && (
        <PersonDialog
          {...open}
          people={data}
          ownId={ownId}
          own={ownOrganisations}
          onClose={close}
          onChanged={changed}
          onLinked={showLink}
        />
      )}
      {open !== null && open !== "invite" && "linked" in open && (
        <SecretDialog
          title={`Send this link to ${open.linked.staff.email}`}
          description={`Anyone with this link can sign in as this person. It works once, until ${time(open.linked.invitation.expires_at)}.`}
          label="Link"
          secret={open.linked.invitation.url}
          onClose={close}
        />
      )}
    </>
  );
}
