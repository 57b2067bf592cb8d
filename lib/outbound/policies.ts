/** Which hosts may be asked, and how much of the answer is read: one policy per use, as data. */

export interface OutboundPolicy {
  /** From the DNS lookup to the last byte of the answer, unless the request sets its own. */
  timeoutMs: number;
  /** How much of an answer's body is read, so that the connection can end normally. */
  readBytes: number;
  /** How much of it is returned. */
  keptBytes: number;
  /** Private networks that may be reached: those of EGRESS_ALLOW_PRIVATE, or any. */
  privateNetworks: "allowed" | "any";
}

const KB = 1024;
const MB = 1024 * KB;

/** Discovery documents and key sets have a few kilobytes. */
const identityProvider = { timeoutMs: 10_000, readBytes: 512 * KB, keptBytes: 512 * KB } as const;

export const POLICIES = {
  /** Deliveries, and tests of endpoints. */
  destination: { timeoutMs: 15_000, readBytes: 64 * KB, keptBytes: 16 * KB, privateNetworks: "allowed" },
  /** What a provider says should exist here: pages of up to 1,000 objects. */
  providerApi: { timeoutMs: 30_000, readBytes: 16 * MB, keptBytes: 16 * MB, privateNetworks: "allowed" },
  /** Slack, Teams, PagerDuty and webhooks that are told of alerts. */
  channel: { timeoutMs: 15_000, readBytes: 64 * KB, keptBytes: 4 * KB, privateNetworks: "allowed" },
  /** The operator has configured the issuer's host, which may be in a private network. */
  issuer: { ...identityProvider, privateNetworks: "any" },
  /** Hosts that only the issuer's discovery document names. */
  issuerEndpoint: { ...identityProvider, privateNetworks: "allowed" },
  /** HEARTBEAT_URL: the operator has configured it. */
  monitor: { timeoutMs: 5_000, readBytes: 4 * KB, keptBytes: 0, privateNetworks: "any" },
  /** OTEL_EXPORTER_OTLP_ENDPOINT: the operator has configured it, most often next to Redrive. */
  collector: { timeoutMs: 10_000, readBytes: 64 * KB, keptBytes: 0, privateNetworks: "any" },
} as const satisfies Record<string, OutboundPolicy>;
