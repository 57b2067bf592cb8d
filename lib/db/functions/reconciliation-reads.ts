/** What SQL answers to reads of reconciliation, and to what people set up for it. */
import type {
  ApiRequestPage,
  Finding,
  FindingDetail,
  FindingPage,
  MissingCounts,
  Reconciliation,
  ReconciliationPage,
  SourceCoverage,
  Watch,
} from "@/lib/contract/reconciliations";

/** Stored keys without the secret ones. */
export interface StoredCredentials {
  provider: string;
  source_id: string | null;
  /** Null for a secret one, which has a hint. */
  fields: Record<string, string | null>;
  hints: Record<string, string>;
  tested_at: string | null;
  problem: string | null;
  updated_at: string;
}

/** What SQL knows of a source. What its client says is added in lib/queries/coverage.ts. */
export type StoredCoverage = Pick<
  SourceCoverage,
  | "source_id"
  | "name"
  | "org_id"
  | "in_use"
  | "running"
  | "last_complete"
  | "last_run"
  | "missing"
  | "open"
  | "open_run_id"
  | "oldest_missing_at"
  | "repaired_24h"
  | "late_24h"
> & { provider: string; credentials: StoredCredentials | null; watch: Watch | null };

export interface ReconciliationReadAnswers {
  set_api_credentials: StoredCredentials | null;
  delete_api_credentials: boolean;
  note_api_test: boolean;
  get_api_credentials: StoredCredentials | null;
  /** Encrypted where they are secret, by name. */
  read_api_credentials: Record<string, string> | null;
  list_api_credentials: StoredCredentials[];
  set_watch: Watch | null;
  get_reconciliation: Reconciliation | null;
  list_reconciliations: ReconciliationPage;
  list_api_requests: ApiRequestPage | null;
  list_findings: FindingPage | null;
  get_finding: (Finding & Pick<FindingDetail, "headers" | "body_base64">) | null;
  list_coverage: StoredCoverage[];
  missing_counts: MissingCounts;
  summarise_api_requests: { errors: Record<string, number>; entries: Record<string, number> };
  list_sources_of_organisation: number[];
}

export interface ReconciliationReadArguments {
  set_api_credentials: {
    p_source_id: number | null;
    p_fields: Record<string, string>;
    p_hints: Record<string, string>;
  };
  delete_api_credentials: { p_source_id: number | null };
  note_api_test: { p_source_id: number | null; p_problem: string | null };
  get_api_credentials: { p_source_id: number | null };
  read_api_credentials: { p_source_id: number | null };
  set_watch: { p_source_id: number | null; p_change: Partial<Record<string, number | boolean>> };
  list_reconciliations: {
    p_filter: { provider?: string; source_id?: number | null; status?: string[] };
    p_after: number | null;
  };
  list_api_requests: { p_after: number | null };
  list_findings: { p_kind: string | null; p_state: string | null; p_after: number | null };
  list_sources_of_organisation: { p_company_id: string | null };
}
