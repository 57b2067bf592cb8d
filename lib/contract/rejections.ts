/** Why a request does not become an event, with all texts about it, in one place. */
import type { RejectionReason } from "./vocabulary";

export interface RejectionFacts {
  /** After "rejected:", for one request. */
  label: string;
  /** The same for a provider that does not sign, where a token in the URL replaces the signature. */
  tokenLabel?: string;
  /** After a number: `12 without a signature`. */
  counted: string;
  /** What to do. `variable`: the environment variable with the secret; `address`: the correct URL. */
  advice(known: { variable: string; address: string }): string;
}

export const REJECTION: Readonly<Record<RejectionReason, RejectionFacts>> = {
  unsigned: {
    label: "no signature",
    tokenLabel: "no token",
    counted: "without a signature",
    advice: () => "The requests may come from a stranger, or signing is off at the sender.",
  },
  bad_signature: {
    label: "wrong signature",
    tokenLabel: "wrong token",
    counted: "with a wrong signature",
    advice: ({ variable }) => `Check that ${variable} is the secret of this endpoint.`,
  },
  stale: {
    label: "too old",
    counted: "too old",
    advice: () => "Check this server's clock, and that no proxy holds requests back.",
  },
  malformed: {
    label: "could not be read",
    counted: "malformed",
    advice: () => "Check that a proxy does not change headers or body.",
  },
  too_large: {
    label: "too large",
    counted: "too large",
    advice: () => "The payload is over this source's size limit.",
  },
  not_configured: {
    label: "no secret was set",
    counted: "before a secret was set",
    advice: ({ variable }) => `Set ${variable}; the sender will retry.`,
  },
  rate_limited: {
    label: "too many forged requests",
    counted: "after too many forged ones",
    advice: ({ variable }) =>
      `Nothing is read from a network that fails verification too often. If it is your provider, check ${variable}.`,
  },
  over_ceiling: {
    label: "over the source's limit",
    counted: "over the source's limit",
    advice: () => "Raise the limit of the source, or ask the sender to send more slowly. It will retry.",
  },
  wrong_address: {
    label: "posted to a wrong address",
    counted: "to a wrong address",
    advice: ({ address }) => `The right one is ${address}.`,
  },
};
