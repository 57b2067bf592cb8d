"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReactNode } from "react";
import { eventQuery } from "@/lib/client/queries/events";
import { findingQuery } from "@/lib/client/queries/reconciliations";
import type { Finding, FindingDetail, RowDifference } from "@/lib/contract/reconciliations";
import { EVENT_ORIGIN } from "@/lib/contract/vocabulary";
import { readBody } from "../body/body";
import { CompareTable } from "../body/compare-table";
import { Problem } from "../forms/problem";
import { InertText } from "../inert-text";
import { providerName } from "../provider";
import { literal } from "../status/change-row";
import { EventStatusBadge } from "../status/event-status";
import { ExactTime } from "../time";
import { Skeleton } from "../ui/skeleton";

/** A page cannot lay out megabytes at once. */
const SHOWN_CHARACTERS = 16_384;

/** What the provider has, next to what is here. */
export function FindingComparison({ finding }: { finding: Finding }) {
  const { data, error } = useQuery(findingQuery(finding.reconciliation_id, finding.id));
  if (error) return <Problem error={error} before="Could not load this finding." />;
  if (!data) return <Skeleton className="mb-3 h-24 w-full" />;
  return (
    <div className="mb-3 rounded-md bg-sunken px-3 py-2.5" data-testid="comparison">
      {data.difference && data.difference.length > 0 && (
        <Differences rows={data.difference} provider={data.provider_slug} />
      )}
      <div className="grid gap-x-6 gap-y-4 lg:grid-cols-2">
        <Side title={`${providerName(data.provider_slug)} has`} note={EVENT_ORIGIN[data.origin].meaning}>
          <ProviderObject finding={data} />
        </Side>
        <Side title="Here">
          <Ours finding={data} />
        </Side>
      </div>
      <p className="mt-3 text-quiet text-sm [overflow-wrap:anywhere]">
        {[data.id, data.object_id && `object ${data.object_id}`, data.logical_key && `pairs by ${data.logical_key}`]
          .filter(Boolean)
          .join(" · ")}
        {" · found "}
        <ExactTime at={data.found_at} />
        {data.replay_id && (
          <>
            {" · "}
            <Link href={`/replays/${data.replay_id}`} className="underline">
              {data.replay_id}
            </Link>
          </>
        )}
      </p>
    </div>
  );
}

function Side({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <h3 className="font-medium">{title}</h3>
      {note && <p className="text-pretty text-quiet text-sm">{note}</p>}
      {children}
    </div>
  );
}

function ProviderObject({ finding }: { finding: FindingDetail }) {
  if (finding.body_base64 === null) {
    return <p className="mt-1 text-quiet">Only its name is known. The provider does not give its content.</p>;
  }
  return <Text text={readBody(finding.body_base64, finding.body_cut).text} />;
}

function Ours({ finding }: { finding: FindingDetail }) {
  const { event_id, rejection, kind } = finding;
  if (event_id) return <OurEvent id={event_id} finding={finding} />;
  if (rejection) {
    return (
      <p className="mt-1 text-pretty">
        Rejected <ExactTime at={rejection.received_at} />: <InertText text={rejection.detail} />{" "}
        <Link href={`/sources#${finding.provider_slug}`} className="underline">
          See the source
        </Link>
      </p>
    );
  }
  return (
    <p className="mt-1 text-quiet">
      {kind === "drifted" ? "The rows above, which no stored event explains." : "Nothing. It never arrived."}
    </p>
  );
}

function OurEvent({ id, finding }: { id: string; finding: FindingDetail }) {
  const { data: event, error } = useQuery(eventQuery(id));
  const link = (
    <Link href={`/events/${id}`} className="font-mono text-accent underline-offset-2 hover:underline">
      {id}
    </Link>
  );
  if (error) return <p className="mt-1">{link}</p>;
  if (!event) return <Skeleton className="mt-1 h-16 w-full" />;
  const ours = readBody(event.content_base64 ?? event.body_base64, event.body_cut);
  return (
    <>
      <p className="mt-1 flex flex-wrap items-center gap-x-3">
        {link} <EventStatusBadge status={event.status} />
      </p>
      {isDraft(finding) && <p className="text-quiet text-sm">Stored by a back-fill that was not started.</p>}
      {event.last_error && (
        <p className="text-pretty text-quiet text-sm [overflow-wrap:anywhere]">
          <InertText text={event.last_error} />
        </p>
      )}
      {finding.body_base64 === null ? (
        <Text text={ours.text} />
      ) : (
        <div className="mt-2">
          <CompareTable
            left={{ name: "Here", body: ours }}
            right={{ name: "Provider", body: readBody(finding.body_base64, finding.body_cut) }}
          />
        </div>
      )}
    </>
  );
}

/** Whether its event is here only because a back-fill was previewed. */
function isDraft({ kind, state }: FindingDetail): boolean {
  return state === "open" && (kind === "missing" || kind === "rejected" || kind === "not_subscribed");
}

function Differences({ rows, provider }: { rows: RowDifference[]; provider: string }) {
  return (
    <table className="mb-4 w-full table-fixed text-sm" data-testid="row-differences">
      <thead className="text-left text-quiet">
        <tr>
          {["Row", "Column", "Here", providerName(provider)].map((name) => (
            <th key={name} scope="col" className="py-1 pr-3 font-normal">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="font-mono">
        {rows.map(({ table, key, column, ours, provider: theirs }) => (
          <tr
            key={`${table} ${JSON.stringify(key)} ${column}`}
            className="border-t align-top [&>*]:py-1 [&>*]:pr-3 [&>*]:[overflow-wrap:anywhere]"
          >
            <td className="text-quiet">
              <InertText text={`${table} ${Object.values(key).join(" ")}`} />
            </td>
            <td>{column}</td>
            <td className="text-faint">
              <InertText text={literal(ours)} />
            </td>
            <td>
              <InertText text={literal(theirs)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Text({ text }: { text: string | null }) {
  return (
    <pre className="mt-1 max-h-80 overflow-auto whitespace-pre-wrap rounded-md border bg-page p-2 font-mono text-sm [overflow-wrap:anywhere]">
      {text === null ? "These bytes are not text." : <InertText text={indented(text).slice(0, SHOWN_CHARACTERS)} />}
    </pre>
  );
}

/** Only for reading: large numbers stay as they are written, so what does not survive a round trip is shown as it is. */
function indented(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text);
    return /\d{16}/.test(text) ? text : JSON.stringify(parsed, null, 2);
  } catch {
    return text;
  }
}
