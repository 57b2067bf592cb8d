import type { ReconciliationRefusals } from "@/lib/refusals";
import type { ProblemsOf } from "./problems-of";

/** What cannot be asked of a provider, or brought back. */
export const reconciliationProblems: ProblemsOf<ReconciliationRefusals> = {
  no_such_reconciliation: { status: 404, title: "There is no such run.", detail: "Ids look like rc_123." },
  no_provider_api: ({ provider }) => ({
    status: 400,
    title: `${provider} has no API that lists what it sent.`,
    detail: "Choose another provider.",
    field: "provider_slug",
  }),
  no_api_key: ({ provider, source, variables }) => ({
    status: 409,
    title: `There is no API key of ${provider}${source ? ` for ${source}` : ""}.`,
    detail: source
      ? "Enter one on the page of the source."
      : `Enter one in the console, or set ${variables.join(", ")} and restart.`,
    field: "provider_slug",
  }),
  empty_span: ({ provider, wait_seconds }) => ({
    status: 422,
    title: "There is nothing to read in this span yet.",
    detail: `It has to begin before it ends, and more than ${wait_seconds} seconds ago: ${provider} may still send what is newer.`,
    field: "from_ts",
  }),
  beyond_horizon: ({ provider, days }) => ({
    status: 422,
    title: `${provider} answers for the last ${days} days only.`,
    detail: "Begin later.",
    field: "from_ts",
  }),
  reconciliation_ended: ({ status }) => ({
    status: 409,
    title: `The run has ended (${status}).`,
    detail: "There is nothing to cancel.",
  }),
  reconciliation_not_ended: ({ status }) => ({
    status: 409,
    title: `The run has not ended yet (${status}).`,
    detail: "Wait until it has, or choose single findings.",
  }),
  nothing_to_back_fill: {
    status: 404,
    title: "There is nothing to bring back.",
    detail: "The findings are closed, being back-filled already, or cannot be brought back.",
    field: "finding_ids",
  },
  nothing_receives_findings: {
    status: 409,
    title: "No destination receives these events.",
    detail: "A back-fill without draft and dryRun only stores them, and closes the findings.",
    field: "finding_ids",
  },
  repairs_need_right: {
    status: 403,
    title: "A run that repairs what it finds needs the right to replay many events.",
    detail: "Send dry_run: true, and let an administrator back-fill what it finds.",
    field: "dry_run",
  },
};
