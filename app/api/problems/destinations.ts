import { MASK } from "@/lib/contract/destinations";
import type { DestinationRefusals } from "@/lib/refusals";
import type { ProblemsOf } from "./problems-of";

const NOT_TRIED: Record<DestinationRefusals["not_tried"]["because"], { title: string; detail: string }> = {
  disabled: { title: "This destination is disabled.", detail: "Enable it: held events are then delivered." },
  paused: { title: "This destination is paused.", detail: "Resume it: held events are then delivered." },
  throttled: { title: "The endpoint asked for a pause.", detail: "Deliveries continue when the pause ends." },
  closed: { title: "The circuit of this destination is closed.", detail: "Deliveries are sent as they are due." },
  trying: {
    title: "A test delivery is under way.",
    detail: "The others follow when it succeeds. Wait for its result.",
  },
};

export const destinationProblems: ProblemsOf<DestinationRefusals> = {
  no_such_destination: { status: 404, title: "There is no such destination.", detail: "Ids look like ds_123." },
  not_managed: {
    status: 409,
    title: "This destination comes from the configuration.",
    detail: "Change it there; here it can be paused, disabled and tested.",
  },
  no_endpoint: {
    status: 409,
    title: "This destination has no endpoint.",
    detail: "Its events become rows here, so there is nothing to send.",
  },
  masked_url: {
    status: 400,
    title: "The value of url is not valid.",
    detail: `Write out what is hidden behind ${MASK}, or leave the URL as it was.`,
    field: "url",
  },
  masked_header: ({ name }) => ({
    status: 400,
    title: "The value of headers is not valid.",
    detail: `Write out the value of ${name}.`,
    field: "headers",
  }),
  changed_meanwhile: {
    status: 412,
    title: "This destination was changed after you loaded it.",
    detail: "Reload it, then change it.",
  },
  no_encryption_key: {
    status: 503,
    title: "Destinations cannot be changed here: ENCRYPTION_KEY is not set.",
    detail: "It encrypts their secrets. An operator makes one with `openssl rand -base64 32` and starts Redrive again.",
  },
  secrets_unreadable: ({ detail }) => ({ status: 503, title: "Its secrets cannot be read.", detail }),
  unknown_destination_provider: ({ slug }) => ({
    status: 400,
    title: "The value of providers is not valid.",
    detail: `No provider is called "${slug}".`,
    field: "providers",
  }),
  bad_url: (fault) => ({ status: 400, field: "url", ...fault }),
  bad_headers: (fault) => ({ status: 400, field: "headers", ...fault }),
  not_tried: ({ because, until }) => ({
    status: 409,
    title: NOT_TRIED[because].title,
    detail: NOT_TRIED[because].detail + (until === null ? "" : ` Deliveries go on at ${until}.`),
  }),
  too_many_tests: ({ most }) => ({
    status: 429,
    title: "There were too many tests in the last minute.",
    detail: `At most ${most} tests a minute are sent. Try again in a moment.`,
    headers: { "retry-after": "60" },
  }),
};
