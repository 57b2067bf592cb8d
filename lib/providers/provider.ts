/**
 * The contract of a provider: one folder that knows how one outsider signs, names and shapes its webhooks, and all that is
 * said of it. The registry in index.ts lists them, one line each.
 * Long because most of it is the doc comments of the contract.
 */

import { isUtf8 } from "node:buffer";
import type { SampleMaker } from "../samples/maker";

/** HTTP headers as ordered pairs, exactly as received: duplicates, order and case survive. */
export type HeaderPairs = ReadonlyArray<readonly [name: string, value: string]>;

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

/** A request as it reached the door. Nothing in it may be believed yet. */
export interface RawRequest {
  method: string;
  /** Path with query, as received. */
  path: string;
  headers: HeaderPairs;
  body: Buffer;
}

export type Trust = "signed" | "token" | "unsigned";

export type RefusalReason = "unsigned" | "bad_signature" | "stale" | "malformed";

const verified = Symbol("verified");

/** A request whose sender was checked. Only `acceptAs` makes one, and only a provider's `verify` calls it. */
export interface VerifiedRequest extends RawRequest {
  readonly [verified]: true;
  readonly trust: Trust;
}

export type Verification =
  | { ok: true; request: VerifiedRequest }
  | { ok: false; reason: RefusalReason; detail: string };

/** What `verify` may look at besides the request. The clock is injected, in unix seconds. */
export interface VerifyContext {
  /** Never empty unless `allowUnsigned` or `source`: the door answers 503 for a provider without its secret. */
  secrets: readonly string[];
  allowUnsigned: boolean;
  now: number;
  /** The source whose URL token the request carries. The door has checked the token: a wrong one is answered 401 before. */
  source?: Source;
}

/** A door of its own, for one tenant of a provider. */
export interface Source {
  id: number;
  /** Whose events come through it: they win over what an event says of itself. */
  organisationId?: string;
  companyId?: string;
  /** As the provider's file wants them: see `Provider.settings`. */
  settings: Readonly<Record<string, string>>;
}

/** Who and what an event is, read from a verified request. */
export interface Identity {
  /** The provider's own id of the event, the same on every retry of it. */
  eventKey: string;
  eventType: string;
  organisationId?: string;
  companyId?: string;
  /** The object the event is about, e.g. `sub_123`: events of one object are shown in time order. */
  objectId?: string;
  /** True when it carries the whole state of its object: a newer one of its type makes this one pointless to send. */
  replacesOlder?: boolean;
  /** When it happened at the provider, as an ISO 8601 time. */
  occurredAt?: string;
  /** What `occurredAt` was read from. When there is something that cannot be a time, the event is flagged. */
  writtenTime?: unknown;
  /** False for the provider's test mode, undefined where it has none. */
  livemode?: boolean;
  /** Bytes that are equal on every honest retry. Default: the body. Different bytes under one key are a conflict. */
  fingerprint?: string | Buffer;
}

/** A stored event as a projection sees it: nothing else may be read. */
export interface ProjectableEvent {
  provider: string;
  eventKey: string;
  eventType: string;
  /** Whose event it is: bound to its source, or as `identify` read it. */
  organisationId?: string;
  companyId?: string;
  /** What its source was told: see `Provider.settings`. */
  settings?: Readonly<Record<string, string>>;
  receivedAt: string;
  occurredAt?: string;
  payload: unknown;
}

/** A stored event on its way to an http destination. */
export interface OutgoingEvent {
  /** `we_12`: the same on every retry and replay. */
  id: string;
  body: Buffer;
  replayed: boolean;
}

/** One row change a projection wants. The row keeps, per column, the version that wrote it, so order never matters. */
export interface Change {
  table: string;
  /** The columns that name the row. They carry a unique constraint. */
  key: Record<string, string>;
  values: Record<string, Json>;
  /** Sorts as text in time order: see `versionOf`. A column is only overwritten by a greater or equal version. */
  version: string;
}

export interface Provider {
  slug: string;
  label: string;
  /** Two letters that stand for it where its name has no room. */
  mark: string;
  /** How it proves who it is, in a sentence for people. */
  scheme: string;
  /** Where its webhooks are set up, and which variable holds the secret, for people. None for what has no webhook endpoint. */
  setup?: string;
  /**
   * The environment variable with its list of secrets or public keys (comma or white space between them). For a provider
   * that signs nothing, its secrets are tokens for the URL: `/api/webhooks/{provider}/{token}`.
   */
  secretsVariable: string;
  /** Makes what local mode has in its variables, so that nothing needs to be configured to try it. */
  localSecrets?(): Record<string, string>;
  /** How its webhooks are made: `npm run send`, "Send a sample" and fixtures. */
  samples?: SampleMaker;
  /** It has no door: its events are published through our own API. */
  published?: true;
  /** True for those that sign nothing: only a token in the URL lets a request in. */
  tokenInUrl?: true;
  /** How webhooks are sent. Default: POST only. */
  methods?: readonly ("POST" | "GET")[];
  /** What a source of this provider may be told, by name, with a sentence for people. */
  settings?: Readonly<Record<string, { label: string; help: string }>>;
  /** Top-level fields of the payload that are secrets: shown as "[redacted]", never stored in `payload`. */
  secretFields?: readonly string[];
  /** It does not sign what `eventKey` is made of: equal bytes under another key are a suspected replay. */
  unsignedKeys?: true;
  /** The variable that, set to 1, lets unsigned requests in. Only for providers with old unsigned servers. */
  allowUnsignedVariable?: string;
  /** What a refused request is answered with: the runbooks of the providers differ. */
  refusalStatus: 400 | 401;
  /** Largest accepted body in bytes. Default 1 MiB. */
  maxBodyBytes?: number;
  /** Headers that carry signatures or secrets, in lower case: kept as "[redacted]". */
  secretHeaders: readonly string[];
  /** Headers passed on to http destinations, in lower case. */
  forwardHeaders?: readonly string[];
  verify(request: RawRequest, context: VerifyContext): Verification;
  /**
   * The events of a verified request, for providers that send several at once: each has the bytes of its own part, exactly
   * as they stood in the whole; at least one. Without it the request is the event. The body of a GET is its query.
   */
  split?(request: VerifiedRequest): VerifiedRequest[];
  /**
   * `payload` is the parsed body, undefined when it is not JSON. `source` is the door it came through, if it has one of its
   * own. Never throws: an unknown shape gets a fallback key.
   */
  identify(request: VerifiedRequest, payload: unknown, source?: Source): Identity;
  /** Pure: what http destinations get instead of the stored bytes, for events of our own. */
  outgoing?(event: OutgoingEvent): Buffer;
  /** Pure: event in, row changes out, by event type. Throws `InvalidPayload` when the shape is not the documented one. */
  projections?: Readonly<Record<string, (event: ProjectableEvent) => Change[]>>;
  /** Pure: the customer and money an event speaks of, for the preview of a replay. */
  impact?(event: ProjectableEvent): Impact;
}

export interface Impact {
  customer?: string;
  /** Minor units, e.g. cents. */
  amount?: number;
  /** ISO 4217, lower case. */
  currency?: string;
}

/** An event whose payload cannot be projected. `field` says where, `message` what was expected. */
export class InvalidPayload extends Error {
  constructor(
    readonly field: string,
    expectation: string,
  ) {
    super(`${field}: ${expectation}`);
    this.name = "InvalidPayload";
  }
}

/** Marks a request as verified. Called by `verify` of a provider, by the one that publishes, and by nobody else. */
export function acceptAs(trust: Trust, request: RawRequest): Verification {
  return { ok: true, request: { ...request, trust, [verified]: true } };
}

export function refuse(reason: RefusalReason, detail: string): Verification {
  return { ok: false, reason, detail };
}

/** The first value of a header, by lower-case name. What signs or names an event is checked by `refuseRepeated` first. */
export function header(request: { headers: HeaderPairs }, name: string): string | undefined {
  return request.headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
}

/**
 * Refuses a request that carries one of these headers twice, by lower-case name: which of the two counts would be a choice,
 * and somebody on the way may choose the other. Some servers join them with a comma and a space before we see them, which no
 * genuine value of theirs has.
 */
export function refuseRepeated(request: RawRequest, names: readonly string[]): Verification | undefined {
  const seen = new Set<string>();
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase();
    if (!names.includes(lower)) continue;
    if (seen.has(lower) || /,[ \t]/.test(value)) return refuse("malformed", `The ${lower} header came more than once.`);
    seen.add(lower);
  }
  return undefined;
}

/** Refuses a request whose two families of headers say different things of the same name. */
export function refuseContradiction(
  request: RawRequest,
  pairs: readonly (readonly [string, string])[],
): Verification | undefined {
  const other = pairs.find(([one, two]) => {
    const [first, second] = [header(request, one)?.trim(), header(request, two)?.trim()];
    return first !== undefined && second !== undefined && first !== second;
  });
  return other && refuse("malformed", `The ${other[0]} and ${other[1]} headers disagree.`);
}

/** The bytes of a header's value as received: servers hand them on as Latin-1, one character for each byte. */
export function headerBytes(value: string): Buffer {
  return Buffer.from(value, /^[\0-\xff]*$/.test(value) ? "latin1" : "utf8");
}

/** The value of a header as text: UTF-8 where its bytes are that, else Latin-1. */
export function headerText(value: string): string {
  const bytes = headerBytes(value);
  return isUtf8(bytes) ? bytes.toString("utf8") : value;
}

/**
 * A change's version: event time in microseconds, then rank (a later state of the same instant wins), then the event's
 * key, so that any two events compare the same way everywhere. Sorts as text.
 */
export function versionOf(event: ProjectableEvent, rank = 0): string {
  const at = toMicroseconds(event.occurredAt ?? event.receivedAt);
  return `${at}#${String(rank).padStart(2, "0")}#${event.eventKey}`;
}

/** A version in which rank beats time: a state that is final stays, whatever arrives, and whatever time it carries. */
export function rankedVersionOf(event: ProjectableEvent, rank: number): string {
  return `${String(rank).padStart(2, "0")}#${versionOf(event)}`;
}

/** `2026-01-02T03:04:05.6Z` -> `2026-01-02T03:04:05.600000Z`: fixed width, UTC. */
function toMicroseconds(iso: string): string {
  const fraction = /\.(\d+)/.exec(iso)?.[1] ?? "";
  return `${new Date(iso).toISOString().slice(0, 19)}.${fraction.padEnd(6, "0").slice(0, 6)}Z`;
}
