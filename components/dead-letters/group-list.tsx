"use client";

import { CircleCheck } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { useLiveQuery } from "@/lib/client/live-query";
import { deadLettersQuery } from "@/lib/client/queries/dead-letters";
import { type DeadLetterGroup, type DeadLetters, filterOfGroup } from "@/lib/contract/dead-letters";
import { count, plural } from "../format";
import { OpenIncidentDialog } from "../incident-dialog/lazy-open-incident-dialog";
import { MAY_NOT_OPEN_INCIDENT } from "../incident-dialog/may-not-open";
import { Notice } from "../notice";
import { forbiddenTo, MAY_NOT_RESOLVE, type ReplayPermissions } from "../permissions/replay-permissions";
import { ReplaySheet } from "../replay-sheet/lazy-replay-sheet";
import { Button } from "../ui/button";
import { groupSentence } from "./cause-text";
import { GroupEntry } from "./group-entry";
import { ResolveGroupDialog } from "./resolve-group-dialog";
import { useStableOrder } from "./use-stable-order";

const POLL_MS = 2_000;
/** Counting so many takes a tenth of a second, so it is done less often. */
const MANY = 20_000;
const POLL_MANY_MS = 20_000;

/** Dead deliveries by cause, biggest group first. Keeps itself current. */
export function GroupList({ rights }: { rights: ReplayPermissions }) {
  const [asked, setAsked] = useState<{ group: DeadLetterGroup; action: "replay" | "resolve" | "incident" } | null>(
    null,
  );
  const { data } = useLiveQuery(deadLettersQuery(), {
    topics: ["dead_letters"],
    atMostEvery: 2_000,
    interval: ({ total }) => (total.deliveries > MANY ? POLL_MANY_MS : POLL_MS),
  });
  const { groups, hold } = useStableOrder(data.groups);
  const forbidden = {
    replay: forbiddenTo(rights, "matching"),
    resolve: rights.mayReplay ? null : MAY_NOT_RESOLVE,
    incident: rights.mayReplay ? null : MAY_NOT_OPEN_INCIDENT,
  };
  const close = () => setAsked(null);
  return (
    <>
      {groups.length === 0 ? (
        <NoDeadLetters />
      ) : (
        <>
          <p className="text-quiet" data-testid="dead-letters-total">
            {totalText(data)}
          </p>
          <ul className="mt-3 border-t" {...hold}>
            {groups.map((group) => (
              <GroupEntry
                key={`${group.destination.slug} ${group.error_group}`}
                group={group}
                forbidden={forbidden}
                onReplay={() => setAsked({ group, action: "replay" })}
                onResolve={() => setAsked({ group, action: "resolve" })}
                onIncident={() => setAsked({ group, action: "incident" })}
              />
            ))}
          </ul>
        </>
      )}
      {asked?.action === "replay" && (
        <ReplaySheet target={{ kind: "matching", filter: filterOfGroup(asked.group) }} onClose={close} />
      )}
      {asked?.action === "incident" && (
        <OpenIncidentDialog
          target={{
            kind: "matching",
            filter: filterOfGroup(asked.group),
            title: groupSentence(asked.group).replace(/\.$/, "").slice(0, 200),
            cause: asked.group.sample.error ?? "",
            from: asked.group.first_at,
          }}
          mayGrow={rights.mayReplayMany}
          onClose={close}
        />
      )}
      {asked?.action === "resolve" && <ResolveGroupDialog group={asked.group} onClose={close} />}
    </>
  );
}

function NoDeadLetters() {
  return (
    <Notice
      icon={CircleCheck}
      title="No dead letters"
      actions={
        <Button asChild>
          <Link href="/events">Show all events</Link>
        </Button>
      }
    >
      Every delivery succeeded, is being retried, or was marked resolved. Deliveries that use up their retries appear
      here, grouped by cause.
    </Notice>
  );
}

/** `218 dead deliveries of 200 events, by 3 causes`. One event may be dead at several destinations. */
function totalText({ groups, total }: DeadLetters): string {
  const of = total.events < total.deliveries ? ` of ${plural(total.events, "event")}` : "";
  const causes = plural(total.groups, "cause");
  const shown = total.groups > groups.length ? `; the ${count(groups.length)} biggest are shown` : "";
  return `${plural(total.deliveries, "dead delivery", "dead deliveries")}${of}, by ${causes}${shown}.`;
}
