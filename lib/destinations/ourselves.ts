/** Detects URLs of our own endpoints: a destination with such a URL would send each event back to us, for ever. */
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { environment } from "@/lib/env";
import type { Address } from "@/lib/outbound/resolve";
import { processSingleton } from "@/lib/process-singleton";
import type { Fault } from "@/lib/refusals";

const listening = processSingleton("listening", () => ({ port: undefined as number | undefined }));

/** Called once by the server, when it listens. */
export function listensOn(port: number): void {
  listening.port = port;
}

/** The problem with a URL that is one of our endpoints, by PUBLIC_URL, or by an address of this machine and our port. */
export function ownEndpoint(given: string, addresses: readonly Address[]): Fault | null {
  const url = new URL(given);
  if (!isEndpointPath(url.pathname)) return null;
  const isOurs =
    isPublicUrl(url) ||
    (portOf(url) === ourPort() &&
      (isThisMachine(url.hostname) || addresses.some(({ address }) => isThisMachine(address))));
  if (!isOurs) return null;
  return {
    title: "The URL is one of Redrive's own endpoints.",
    detail: "Every event sent there would come back as a new one. Enter the URL of the service that should receive it.",
  };
}

/** The paths that accept events, from providers and from our own services, however they are spelt. */
function isEndpointPath(path: string): boolean {
  const clean = decoded(path).replace(/\/{2,}/g, "/");
  return /^\/api\/(webhooks|events|stripe\/webhook|telnyx\/webhook)(\/|$)/i.test(clean);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function isPublicUrl(url: URL): boolean {
  const { PUBLIC_URL } = environment();
  if (!PUBLIC_URL) return false;
  const ours = new URL(PUBLIC_URL);
  const nameOf = ({ hostname }: URL) => hostname.replace(/\.$/, "");
  // Another scheme with the same name is usually a redirect or the same server.
  return nameOf(ours) === nameOf(url) && (portOf(ours) === portOf(url) || (!ours.port && !url.port));
}

/** The port of this process. */
export function ourPort(): number {
  return listening.port ?? environment().PORT;
}

function portOf({ port, protocol }: URL): number {
  return Number(port || (protocol === "https:" ? 443 : 80));
}

function isThisMachine(host: string): boolean {
  const name = host
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .replace(/^::ffff:(?=\d+\.)/, "");
  if (isIP(name) === 0) return name === "localhost";
  if (name === "::1" || name === "::" || name.startsWith("127.") || name.startsWith("0.")) return true;
  return Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === name));
}
