"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { BellOff } from "lucide-react";
import { endSilence } from "@/lib/client/alerts";
import { useLiveQuery } from "@/lib/client/live-query";
import { silencesQuery } from "@/lib/client/queries/alerts";
import type { Silence } from "@/lib/contract/api/alert-silences";
import { InertText } from "../inert-text";
import { PermissionGuard } from "../permissions/permission-guard";
import { RelativeTime } from "../time";
import { sayDone, sayFailed } from "../toasts";
import { Button } from "../ui/button";
import { silencedText } from "./alert-text";
import { type AlertRights, forbiddenToHandle } from "./rights";

const READ_EVERY_MS = 15_000;

/** What is kept quiet now, by whom, why and until when. Renders nothing when nothing is. */
export function ActiveSilences({ rights }: { rights: AlertRights }) {
  const { data } = useLiveQuery(silencesQuery(), { topics: ["alerts"], interval: () => READ_EVERY_MS });
  const active = data.filter(({ is_active }) => is_active);
  if (active.length === 0) return null;
  return (
    <section aria-labelledby="silences" className="mt-8">
      <h2 id="silences" className="border-b pb-2 font-medium">
        Silences
      </h2>
      <ul>
        {active.map((silence) => (
          <ActiveSilence key={silence.id} silence={silence} rights={rights} />
        ))}
      </ul>
    </section>
  );
}

function ActiveSilence({ silence, rights }: { silence: Silence; rights: AlertRights }) {
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: () => endSilence(silence.id),
    onSuccess: () => void sayDone("The silence has ended. What still fires is told within a minute."),
    onError: (error) => void sayFailed(error, "The silence goes on."),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["silences"] });
      void client.invalidateQueries({ queryKey: ["alerts"] });
    },
  });
  return (
    <li data-testid="silence" className="flex items-start gap-x-3 border-b py-2.5">
      <BellOff aria-hidden="true" className="mt-0.75 size-3.5 shrink-0 text-grey" />
      <div className="min-w-0 flex-1">
        <p className="font-medium [overflow-wrap:anywhere]">
          <InertText text={silencedText(silence)} />
        </p>
        <p className="text-pretty text-quiet text-sm [overflow-wrap:anywhere]">
          <InertText text={silence.reason} /> · <InertText text={silence.actor} /> · ends{" "}
          <RelativeTime at={silence.ends_at} />
        </p>
      </div>
      <PermissionGuard forbidden={forbiddenToHandle(rights)}>
        <Button size="sm" data-testid="silence-end" disabled={end.isPending} onClick={() => end.mutate()}>
          {end.isPending ? "Ending…" : "End"}
        </Button>
      </PermissionGuard>
    </li>
  );
}
