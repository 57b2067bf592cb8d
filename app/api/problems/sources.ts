import type { SourceRefusals } from "@/lib/refusals";
import type { ProblemsOf } from "./problems-of";

/** Sources, and samples of their providers. */
export const sourceProblems: ProblemsOf<SourceRefusals> = {
  no_such_source: { status: 404, title: "There is no such source.", detail: "Ids look like so_123." },
  unknown_provider: ({ slug, known }) => ({
    status: 400,
    title: `No provider is called "${slug}".`,
    detail: `Known providers: ${known.join(", ")}.`,
    field: "provider",
  }),
  unknown_setting: ({ provider, setting, known }) => ({
    status: 400,
    title: `${provider ?? "This provider"} has no setting "${setting}".`,
    detail: known.length > 0 ? `It has ${known.join(", ")}.` : "It has none.",
    field: `settings.${setting}`,
  }),
  bad_setting: ({ setting, problem }) => ({
    status: 400,
    title: `The setting "${setting}" cannot be used.`,
    detail: `It ${problem}`,
    field: `settings.${setting}`,
  }),
  samples_off: {
    status: 403,
    title: "Samples are sent in local mode only.",
    detail: "Samples would appear among real events. Set ALLOW_SAMPLES=1 to allow them here.",
  },
  sample_unseen: {
    status: 403,
    title: "Only users who can see all organisations can send samples.",
    detail: "It arrives at the provider's default endpoint, as an event without an organisation, which you cannot see.",
  },
  no_sample: ({ provider, known }) => ({
    status: 400,
    title: `There is no sample of "${provider}".`,
    detail: `There are samples of ${known.join(", ")}.`,
    field: "provider",
  }),
  sample_secret_missing: ({ variable }) => ({
    status: 409,
    title: `${variable} is not set, so no sample can be signed.`,
    detail: "Set it and restart.",
    field: "provider",
  }),
};
