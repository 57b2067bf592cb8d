import type { ProviderQuestionRefusals } from "@/lib/refusals";
import type { ProblemsOf } from "./problems-of";

/** What a user cannot ask of a provider, its keys, and findings. */
export const providerQuestionProblems: ProblemsOf<ProviderQuestionRefusals> = {
  no_such_finding: { status: 404, title: "There is no such finding.", detail: "Ids look like fi_123." },
  no_key_encryption: {
    status: 503,
    title: "API keys cannot be stored here: ENCRYPTION_KEY is not set.",
    detail:
      "An operator makes one with `openssl rand -base64 32` and starts Redrive again. Keys of the environment work without it.",
  },
  no_stored_api_key: ({ provider }) => ({
    status: 404,
    title: `There is no stored API key of ${provider}.`,
    detail: "A key of the environment is removed there.",
  }),
  unknown_api_field: ({ provider, name, known }) => ({
    status: 400,
    title: `The API of ${provider} needs no "${name}".`,
    detail: `It needs ${known.join(", ")}.`,
    field: `fields.${name}`,
  }),
  bad_api_field: ({ name, problem }) => ({
    status: 400,
    title: `The value of "${name}" cannot be used.`,
    detail: `It ${problem}`,
    field: `fields.${name}`,
  }),
  api_field_missing: ({ provider, name, label }) => ({
    status: 400,
    title: `${label} is missing.`,
    detail: `${provider} cannot be asked without it.`,
    field: `fields.${name}`,
  }),
  provider_failed: ({ provider, kind, detail, retryAfterMs }) => ({
    status: kind === "rate_limited" ? 503 : 502,
    title: `${provider} did not answer.`,
    detail,
    more: { kind },
    ...(kind === "rate_limited" && { headers: { "retry-after": String(Math.ceil((retryAfterMs ?? 5_000) / 1_000)) } }),
  }),
  not_offered_by_api: ({ provider, what }) => ({ status: 409, ...NOT_OFFERED[what](provider) }),
  no_such_problem: ({ code }) => ({
    status: 404,
    title: `The provider's configuration has no problem "${code}" that its API can repair.`,
    detail: "It may be repaired already. Read the configuration again.",
    field: "code",
  }),
};

const NOT_OFFERED = {
  check: (provider: string) => ({
    title: `The API of ${provider} does not answer for one event.`,
    detail: "Check a window instead.",
  }),
  configuration: (provider: string) => ({
    title: `The API of ${provider} does not say how it is set up to send.`,
    detail: `Check it in the settings of ${provider}.`,
  }),
  repair: (provider: string) => ({
    title: `The API of ${provider} cannot repair its configuration.`,
    detail: `Change it in the settings of ${provider}.`,
  }),
};
