import type { EvidenceRefusals } from "@/lib/refusals";
import type { ProblemsOf } from "./problems-of";

/** Evidence of incidents. */
export const evidenceProblems: ProblemsOf<EvidenceRefusals> = {
  no_evidence_key: {
    status: 503,
    title: "Evidence cannot be signed: ENCRYPTION_KEY is not set.",
    detail:
      "The key that signs is made from it. An operator makes one with `openssl rand -base64 32` and starts Redrive again.",
  },
};
