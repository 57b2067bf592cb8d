"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { useState } from "react";
import { useLiveQuery } from "@/lib/client/live-query";
import { sessionsQuery } from "@/lib/client/queries/settings";
import { endSession, endSessions } from "@/lib/client/staff";
import type { StaffSession } from "@/lib/contract/staff";
import { ConfirmDialog } from "../forms/confirm-dialog";
import { Problem } from "../forms/problem";
import { DataTable } from "../table/data-table";
import { Button } from "../ui/button";
import { SESSION_COLUMNS, SessionRow } from "./session-row";

const REFRESH_MS = 30_000;

/** The person's open sessions, and how to end them. */
export function SessionList() {
  const client = useQueryClient();
  const [asks, setAsks] = useState(false);
  const { data } = useLiveQuery(sessionsQuery(), { topics: ["audit"], interval: () => REFRESH_MS });
  const end = useMutation({
    mutationFn: (session: StaffSession) => endSession(session.id),
    onSuccess: (_, { is_current }) =>
      is_current ? leave() : void client.invalidateQueries({ queryKey: sessionsQuery().queryKey }),
  });
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-3 pb-3">
        <div>
          <h2 className="font-semibold">Where you are signed in</h2>
          <p className="text-pretty text-quiet">
            End sessions you do not recognise, then ask an administrator for a new password.
          </p>
        </div>
        <Button data-testid="sign-out-everywhere" onClick={() => setAsks(true)}>
          <LogOut /> Sign out everywhere…
        </Button>
      </div>
      <Problem error={end.error} />
      <DataTable caption="Your sessions" columns={SESSION_COLUMNS}>
        {data.map((session) => (
          <SessionRow key={session.id} session={session} disabled={end.isPending} onEnd={() => end.mutate(session)} />
        ))}
      </DataTable>
      {asks && (
        <ConfirmDialog
          title="Sign out everywhere"
          description="All your sessions end at once, including this one. API tokens stay valid."
          action="Sign out everywhere"
          doing="Signing out…"
          run={endSessions}
          onDone={leave}
          onClose={() => setAsks(false)}
        />
      )}
    </>
  );
}

/** A full load: no data of the old session stays in the page. */
function leave(): void {
  window.location.assign("/sign-in");
}
