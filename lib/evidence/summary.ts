/** summary.md: the incident on one page. */
import { SEVERITIES } from "@/lib/contract/incidents";
import type { EvidenceHead, EvidenceOfOrganisation } from "@/lib/db/functions/evidence";
import { cells, plain, table } from "./markdown";

/** The runbook's targets at the end of an emergency. */
const DELIVERED_TARGET = 0.99;
const REPLAYED_TARGET = 0.95;
const MINUTES_TARGET = 60;

export function summaryOf(head: EvidenceHead, made: { at: string; by: string; payloads: boolean }): string {
  const { counts } = head;
  return [
    `# ${head.id}: ${plain(head.title)}`,
    "",
    plain(head.cause),
    "",
    ...table(["", ""]),
    cells("Severity", SEVERITIES[head.severity].label),
    cells("State", head.state.replaceAll("_", " ")),
    cells("Window", `${head.from_ts} to ${head.to_ts}`),
    cells("Opened", `${head.opened_at} by ${head.actor}`),
    cells("Response", head.responded_at ?? "none"),
    cells("Owner", head.owner ?? "none"),
    cells("Verified", head.verified_at ?? "not completely"),
    cells(
      "Closed",
      head.closed_at ? `${head.closed_at} ${head.closed_by ? `by ${head.closed_by}` : "by itself"}` : "no",
    ),
    ...(head.reopened_at ? [cells("Reopened", head.reopened_at)] : []),
    cells("Evidence made", `${made.at} by ${made.by}, ${made.payloads ? "with" : "without"} payloads`),
    "",
    "## Events",
    "",
    ...table(["total", "affected", "recovered", "verified", "still missing", "unrecoverable", "of these accepted"]),
    cells(
      ...[counts.total, counts.affected, counts.recovered, counts.verified],
      ...[counts.still_missing, counts.unrecoverable, counts.accepted],
    ),
    "",
    ...money(head),
    "## By organisation",
    "",
    `Targets: more than ${percent(DELIVERED_TARGET)} delivered, more than ${percent(REPLAYED_TARGET)} of replays successful, verified within ${MINUTES_TARGET} minutes.`,
    "",
    ...table(["organisation", "events", "verified", "delivered", "replays successful", "median minutes to verified"]),
    ...head.by_organisation.map(ofOrganisation),
    "",
    "## By type",
    "",
    ...table(["provider", "type", "events", "verified"]),
    ...head.by_type.map((type) => cells(type.provider, type.event_type, type.counts.total, type.counts.verified)),
    "",
    "## Steps",
    "",
    ...table(["step", "status", "started", "ended", ""]),
    ...head.steps.map((step) =>
      cells(step.step.replaceAll("_", " "), step.status, step.started_at ?? "", step.ended_at ?? "", step.reason ?? ""),
    ),
    "",
    "## What providers were asked",
    "",
    ...(head.runs.length === 0 ? ["Nothing."] : table(["run", "purpose", "provider", "status", "missing", "reason"])),
    ...head.runs.map((run) =>
      cells(run.id, run.purpose, run.provider_slug, run.status, run.counts.missing, run.reason ?? ""),
    ),
    "",
    "## Requests to administrators",
    "",
    ...(head.requests.length === 0 ? ["None."] : table(["request", "action", "by", "reason", "decision", ""])),
    ...head.requests.map((request) =>
      cells(
        ...[request.id, request.action, request.actor, request.reason],
        request.is_approved === null
          ? "open"
          : `${request.is_approved ? "approved" : "declined"} by ${request.decided_by}`,
        request.decision ?? "",
      ),
    ),
    "",
    FILES,
  ].join("\n");
}

const FILES = `## The files

items.csv has a line per event. timeline.jsonl is the log of the incident. requests.jsonl is what we asked of the provider's API, with the
provider's request ids. rejections.jsonl is what our endpoints refused in the window. replays.jsonl has each replay with its reason, selection
and options, followed by a line per delivery. config.json is the configuration. hashes.txt has the SHA-256 of each file and of the received
bytes of each event (\`sha256sum -c hashes.txt\`). manifest.json is signed: \`npm run verify-evidence -- <file>\` checks all of it.

E-mail addresses and phone numbers are masked, also where staff wrote them. Names of staff who acted are not.
`;

function money({ money }: EvidenceHead): string[] {
  if (money.length === 0) return [];
  const lines = money.map((sum) => cells(sum.currency, sum.at_stake, sum.verified));
  return [
    "Amounts in minor units, each object once:",
    "",
    ...table(["currency", "at stake", "verified"]),
    ...lines,
    "",
  ];
}

function ofOrganisation({ org_id, counts, replayed, arrived, median_seconds }: EvidenceOfOrganisation): string {
  return cells(
    ...[org_id ?? "(none)", counts.total, counts.verified],
    judged(counts.verified / counts.total, DELIVERED_TARGET),
    replayed === 0 ? "no replay" : judged(arrived / replayed, REPLAYED_TARGET),
    median_seconds === null ? "" : Math.round(median_seconds / 6) / 10,
  );
}

function judged(share: number, target: number): string {
  return `${percent(share)}${share > target ? "" : " (below the target)"}`;
}

/** Rounded down, so that 100 % means all. */
const percent = (share: number) => `${Math.floor(share * 1000) / 10} %`;
