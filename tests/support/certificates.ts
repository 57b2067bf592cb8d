/** X.509 certificates made when a test runs, so that no private key is kept and dates can be anything. RFC 5280, in DER. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIP } from "node:net";

export interface Certificate {
  /** PEM, as node:tls takes them. */
  key: string;
  cert: string;
}

export interface Authority extends Certificate {
  privateKey: KeyObject;
  name: string;
}

interface Subject {
  /** The host names and IPv4 addresses it is for; the first is its common name. */
  names: string[];
  /** Days from now. */
  from?: number;
  to?: number;
  /** Default: self-signed. */
  issuer?: Authority;
  authority?: boolean;
}

const DAY_MS = 86_400_000;

/** A certificate authority, for NODE_EXTRA_CA_CERTS. */
export function createAuthority(name: string): Authority {
  return issue({ names: [name], authority: true });
}

/** A certificate for a server. */
export function createCertificate(subject: Subject): Certificate {
  return issue(subject);
}

function issue({ names, from = -1, to = 90, issuer, authority = false }: Subject): Authority {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const [name = ""] = names;
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer?.name ?? name),
    sequence(time(Date.now() + from * DAY_MS), time(Date.now() + to * DAY_MS)),
    distinguishedName(name),
    publicKey.export({ format: "der", type: "spki" }),
    der(0xa3, sequence(...(authority ? [BASIC_CONSTRAINTS_CA] : [alternativeNames(names)]))),
  );
  const signature = sign("sha256", content, issuer?.privateKey ?? privateKey);
  const certificate = sequence(content, ECDSA_WITH_SHA256, bits(signature));
  const cert = `-----BEGIN CERTIFICATE-----\n${wrapped(certificate)}\n-----END CERTIFICATE-----\n`;
  return { cert, key: privateKey.export({ format: "pem", type: "pkcs8" }).toString(), privateKey, name };
}

function wrapped(bytes: Buffer): string {
  return (bytes.toString("base64").match(/.{1,64}/g) ?? []).join("\n");
}

function distinguishedName(commonName: string): Buffer {
  const part = (id: number, text: string) => der(0x31, sequence(oid(0x55, 0x04, id), der(0x0c, Buffer.from(text))));
  return sequence(part(10, "Redrive Tests"), part(3, commonName));
}

function alternativeNames(names: string[]): Buffer {
  const entries = names.map((name) =>
    isIP(name) ? der(0x87, Buffer.from(name.split(".").map(Number))) : der(0x82, Buffer.from(name)),
  );
  return sequence(oid(0x55, 0x1d, 0x11), der(0x04, sequence(...entries)));
}

function time(at: number): Buffer {
  const text = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, "");
  return der(0x18, Buffer.from(text));
}

function bits(content: Buffer): Buffer {
  return der(0x03, Buffer.concat([Buffer.from([0]), content]));
}

function oid(...bytes: number[]): Buffer {
  return der(0x06, Buffer.from(bytes));
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = content.length;
  const long = length > 0xff ? [0x82, length >> 8, length & 0xff] : [0x81, length];
  return Buffer.concat([Buffer.from([tag, ...(length < 0x80 ? [length] : long)]), content]);
}

const ECDSA_WITH_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const BASIC_CONSTRAINTS_CA = sequence(
  oid(0x55, 0x1d, 0x13),
  der(0x01, Buffer.from([0xff])),
  der(0x04, sequence(der(0x01, Buffer.from([0xff])))),
);
