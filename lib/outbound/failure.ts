/** Why a request failed, from the error and the step it was at. The message names the host as given, never an address. */
import type { ErrorClass } from "@/lib/contract/vocabulary";

export type Step = "lookup" | "connect" | "handshake" | "exchange";

export interface Failure {
  class: ErrorClass;
  message: string;
}

/** Our own deadline, or the system's, has passed. */
const LATE = new Set(["ABORT_ERR", "ETIMEDOUT", "ETIMEOUT"]);
const RESET = new Set(["ECONNRESET", "EPIPE"]);
const UNREACHABLE = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL"]);
/** An invalid argument, or no resources to connect with: our mistake, not the endpoint's. */
const OURS = /^(ERR_INVALID_\w+|ERR_HTTP_\w+|EMFILE|ENFILE|ENOMEM|ENOBUFS)$/;

/** The failure of an endpoint or of the network. Throws for our own mistakes. */
export function describeFailure(error: NodeJS.ErrnoException, step: Step, host: string, seconds: number): Failure {
  const { code = "" } = error;
  if (code === "") throw error;
  // Node's own message may contain the address.
  if (OURS.test(code)) throw new Error(`The request could not be made: ${code}.`, { cause: error });
  if (step === "lookup") return { class: "dns", message: `The host name of ${host} could not be resolved.` };
  if (step === "handshake" && !RESET.has(code)) {
    const why = LATE.has(code) ? "it was not finished in time" : code;
    return { class: "tls", message: `The TLS handshake with ${host} failed: ${why}.` };
  }
  if (LATE.has(code)) {
    const what = step === "connect" ? "accept the connection in time" : `answer within ${seconds} s`;
    return { class: "timeout", message: `${host} did not ${what}.` };
  }
  if (UNREACHABLE.has(code)) {
    const what = code === "ECONNREFUSED" ? "refused the connection" : "cannot be reached";
    return { class: "connection_refused", message: `${host} ${what}.` };
  }
  if (/^(EPROTO|ERR_SSL_|ERR_TLS_)/.test(code)) {
    return { class: "tls", message: `${host} ended the TLS connection: ${code}.` };
  }
  if (code === "HPE_HEADER_OVERFLOW") {
    return { class: "response_too_large", message: `${host} answered with more headers than we read.` };
  }
  const what = code.startsWith("HPE_") ? `did not answer in HTTP: ${code}` : "broke the connection before it answered";
  return { class: "connection_reset", message: `${host} ${what}.` };
}

/** The class of an answer that is not a 2xx. */
export function classOfStatus(status: number): ErrorClass {
  if (status === 429) return "http_429";
  // The endpoint waited for the request in vain: RFC 9110, 15.5.9.
  if (status === 408) return "timeout";
  if (status >= 500) return "http_5xx";
  if (status === 401 || status === 403) return "http_401";
  if (status === 422) return "http_422";
  if (status >= 300 && status < 400) return "redirect";
  return "http_4xx";
}
