/** What the DNS lookup and the TLS handshake found, for users who test an endpoint. */
import type { TLSSocket } from "node:tls";
import type { EndpointTest } from "@/lib/contract/destinations";

export type Inspection = Pick<EndpointTest, "dns" | "tls">;

const DAY_MS = 24 * 60 * 60 * 1000;

/** The endpoint's certificate, even if it will be refused; null when the endpoint sent none. */
export function describeTls(socket: TLSSocket): Inspection["tls"] {
  const certificate = socket.getPeerCertificate();
  const validTo = Date.parse(certificate?.valid_to);
  if (Number.isNaN(validTo)) return null;
  return {
    issuer: nameOf(certificate.issuer),
    subject: nameOf(certificate.subject) || (certificate.subjectaltname ?? ""),
    valid_to: new Date(validTo).toISOString(),
    days_left: Math.floor((validTo - Date.now()) / DAY_MS),
    protocol: socket.getProtocol() ?? "",
  };
}

/** `R3 (Let's Encrypt)` */
function nameOf(name: { CN?: unknown; O?: unknown } | undefined): string {
  const [common = "", organisation = ""] = [name?.CN, name?.O].map((part) => (part === undefined ? "" : String(part)));
  return common && organisation ? `${common} (${organisation})` : common || organisation;
}
