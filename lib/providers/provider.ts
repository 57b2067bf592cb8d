/**
 * The contract of a provider: one folder that knows how one sender signs, names and shapes its webhooks, and holds its
 * texts. The registry in index.ts lists the providers, one line each. Long because most of it is the doc comments of the
 * contract.
 */

import { isUtf8 } from "node:buffer";
import type { AmountKind, EventFlag } from "@/lib/contract/vocabulary";
import type { SampleMaker } from "../samples/maker";
import type { ProviderApi } from "./api";

/** HTTP headers as ordered pairs, exactly as received, with duplicates, order and case. */
export type HeaderPairs = ReadonlyArray<readonly [name: string, value: string]>;

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

/** A request as it was received. Nothing in it may be trusted yet. */
export interface RawRequest {
  method: string;
  /** Path with query, as received. */
  path: string;
  headers: HeaderPairs;
  body: Buffer;
  /** The body without its content encoding, when it has one: see `contentOf`. */
  content?: Buffer;
  /** The content type of a body that we made, of a query for example. Default: the received header. */
  contentType?: string;
  /** The network it came from, for limits; undefined where that is not known: see lib/front/sender-network.ts. */
  network?: string;
}

/** `provider_api`: not received, but read from the provider's API over TLS, with our own key. */
export type Trust = "signed" | "token" | "unsigned" | "provider_api";

export type RefusalReason = "unsigned" | "bad_signature" | "stale" | "malformed";

const verified = Symbol("verified");

/** A request whose sender was verified. Only `acceptAs` makes one, and only a provider's `verify` calls it. */
export interface VerifiedRequest extends RawRequest {
  readonly [verified]: true;
  readonly trust: Trust;
}

export type Verification =
  | { ok: true; request: VerifiedRequest }
  | { ok: false; reason: RefusalReason; detail: string };

/** What `verify` may use in addition to the request. The clock is injected, in unix seconds. */
export interface VerifyContext {
  /** Never empty unless `allowUnsigned` or `source`: the endpoint answers 503 for a provider without its secret. */
  secrets: readonly string[];
  allowUnsigned: boolean;
  now: number;
  /** The source whose URL token the request carries. The token is checked already: an invalid one was answered 401. */
  source?: Source;
}

/** A webhook endpoint of its own for one tenant of a provider. */
export interface Source {
  id: number;
  /** The organisation of its events. It takes precedence over what an event says itself. */
  organisationId?: string;
  companyId?: string;
  /** Values of `Provider.settings`. */
  settings: Readonly<Record<string, string>>;
  /** How many events a minute it may bring; undefined: no limit. */
  maxPerMinute?: number;
}

export interface SourceSetting {
  label: string;
  help: string;
  /** Reads what was typed when it is saved. Without it, text is stored as it is, without the spaces around it. */
  read?: ReadSetting;
}

/** The stored form of what was typed, or why it cannot be meant, to be read after the setting's name. */
export type ReadSetting = (text: string) => { value: string } | { problem: string };

/** The identity of an event, read from a verified request. */
export interface Identity {
  /** The provider's own id of the event, the same on every retry of it. */
  eventKey: string;
  /**
   * A second identity, made of the body alone (type, object, version or time), for providers whose API lists objects and not
   * events: an event that is reconstructed from an object has the logical key of its webhook. Never unique by itself.
   */
  logicalKey?: string;
  eventType: string;
  organisationId?: string;
  companyId?: string;
  /** The object the event is about, e.g. `sub_123`: events of one object are shown in time order. */
  objectId?: string;
  /** True when it carries the whole state of its object: a newer event of its type makes this one unnecessary to send. */
  replacesOlder?: boolean;
  /** When it happened at the provider, as an ISO 8601 time. */
  occurredAt?: string;
  /** The value that `occurredAt` was read from. The event is flagged when there is one and it is not a valid time. */
  writtenTime?: unknown;
  /** False for the provider's test mode, undefined where it has none. */
  livemode?: boolean;
  /** What else is odd about it, or special. */
  flags?: readonly EventFlag[];
  /**
   * Bytes that are equal on every genuine retry. Default: the body. Different bytes under one key are another version of the
   * event, which is kept and not delivered. So a key that is made of fields, not of the provider's id, has to contain a hash
   * of the rest: see `keyWithBody`.
   */
  fingerprint?: string | Buffer | Iterable<string>;
  /** The version of the provider's API that the body is written in: other bytes in another version are the same event. */
  rendering?: string;
  /**
   * With `unsignedKeys`, whether honest events repeat the bytes of others. `unusual`, the default: never, so the second is a
   * suspected replay. `usual`: they do. `of_type`: those of this type do, those of no other type.
   */
  equalBytes?: "unusual" | "usual" | "of_type";
}

/** A stored event as a projection gets it. A projection may read nothing else. */
export interface ProjectableEvent {
  /** Its number, which rises in the order of receipt. */
  id?: number;
  provider: string;
  eventKey: string;
  eventType: string;
  /** The organisation of its source, or what `identify` read. */
  organisationId?: string;
  companyId?: string;
  /** The settings of its source: see `Provider.settings`. */
  settings?: Readonly<Record<string, string>>;
  /** Of a Shopify event: the shop that its headers name. */
  shop?: string;
  receivedAt: string;
  occurredAt?: string;
  payload: unknown;
}

/** A stored event that is being sent to an http destination. */
export interface OutgoingEvent {
  /** `we_12`: the same on every retry and replay. */
  id: string;
  body: Buffer;
  replayed: boolean;
}

/**
 * One row change of a projection. The row keeps, per column, the version that wrote it, so the order of changes never
 * matters.
 */
export interface Change {
  table: string;
  /** The columns that identify the row. They have a unique constraint. */
  key: Record<string, string>;
  values: Record<string, Json>;
  /** Sorts as text in time order: see `versionOf`. A column is only overwritten by a greater or equal version. */
  version: string;
  /**
   * For a table with `history`: hashes of the state that this one follows (null: not known) and of this one, over the whole
   * object and over our columns. They put states of one time and rank in order, whatever order they come in.
   */
  state?: { before: (string | null)[]; after: string[] };
  /** Added by `receivedWith`. */
  event?: { provider: string; key: string; received: string };
}

export interface Provider {
  slug: string;
  label: string;
  /** Two letters for places where its name does not fit. */
  mark: string;
  /** How requests are authenticated, in a sentence for users. */
  scheme: string;
  /**
   * Where its webhooks are configured and which variable holds the secret, for users. Left out without a webhook endpoint.
   */
  setup?: string;
  /**
   * The environment variable with its secrets or public keys, separated by commas or white space. For a provider that does
   * not sign, its secrets are tokens for the URL: `/api/webhooks/{provider}/{token}`.
   */
  secretsVariable: string;
  /** Generates the variables of local mode, so that a provider can be tried without configuration. */
  localSecrets?(): Record<string, string>;
  /** How to make its webhooks, for `npm run send`, "Send a sample" and fixtures. */
  samples?: SampleMaker;
  /** It has no webhook endpoint: its events are published through our own API. */
  published?: true;
  /** True for providers that do not sign: a request is accepted only with a token in the URL. */
  tokenInUrl?: true;
  /** How webhooks are sent. Default: POST only. */
  methods?: readonly ("POST" | "GET")[];
  /** The settings of its sources, by name, with a sentence for users. */
  settings?: Readonly<Record<string, SourceSetting>>;
  /** Top-level fields of the payload that are secrets: shown as "[redacted]", never stored in `payload`. */
  secretFields?: readonly string[];
  /** It does not sign the values that `eventKey` is made of: see `Identity.equalBytes`. */
  unsignedKeys?: true;
  /** The variable that, set to 1, accepts unsigned requests. Only for providers with old unsigned servers. */
  allowUnsignedVariable?: string;
  /** The status of a rejection: the runbooks of the providers differ. */
  refusalStatus: 400 | 401;
  /** Largest accepted body in bytes, above what it sends. Default 1 MiB. Memory is bounded apart (admission.ts). */
  maxBodyBytes?: number;
  /** Headers that carry signatures or secrets, in lower case: kept as "[redacted]". */
  secretHeaders: readonly string[];
  /**
   * Headers passed on to http destinations, in lower case; `x-shop-*` is all that begin so. Secret ones never are. A name
   * that our own signature has is passed on as `x-redrive-original-<name>`.
   */
  forwardHeaders?: readonly string[];
  verify(request: RawRequest, context: VerifyContext): Verification;
  /**
   * The events of a verified request, for providers that send several at once; at least one. Each has exactly the bytes of
   * its part. Without `split` the request is one event. The body of a GET is its query.
   */
  split?(request: VerifiedRequest): VerifiedRequest[];
  /**
   * `payload` is the parsed body, undefined when it is not JSON. `source` is the source the request came through, if any.
   * Never throws: an unknown shape gets a fallback key.
   */
  identify(request: VerifiedRequest, payload: unknown, source?: Source): Identity;
  /** Pure: the bytes that http destinations get instead of the stored ones, for our own events. */
  outgoing?(event: OutgoingEvent): Buffer;
  /** Pure: from an event to row changes, by event type. Throws `InvalidPayload` when the shape is not the documented one. */
  projections?: Readonly<Record<string, (event: ProjectableEvent) => Change[]>>;
  /** Which event types exist, so that a filter by another word is reported. Left out where its senders choose their own. */
  eventTypes?: EventTypes;
  /**
   * Pure: whom an event is about, what, and how much. Stored as facts of the event when it is accepted, and added up by the
   * preview of a replay. Never throws: an unknown shape has fewer facts.
   */
  summary?(event: SummarisedEvent): Summary;
  /** How its API is asked what should exist here. Left out where it has none. */
  api?: ProviderApi;
  /** What to search for when a user pastes an address of the provider's dashboard; undefined for any other address. */
  searchTextIn?(address: URL): string | undefined;
}

export interface EventTypes {
  /** As `identify` returns them. Default: those that write rows. */
  known?: readonly string[];
  /** What a type that is not listed looks like. Left out where the list is complete. */
  form?: RegExp;
  /** Words of the runbooks and of people, in lower case. */
  aliases?: Readonly<Record<string, readonly string[]>>;
}

/** What `summary` may read. A preview has no headers: they only add what is searched for. */
export interface SummarisedEvent {
  eventType: string;
  payload: unknown;
  headers?: HeaderPairs;
  /** The settings of its source: see `Provider.settings`. */
  settings?: Readonly<Record<string, string>>;
}

export interface Summary {
  /** The provider's own id of the customer. Providers that know people by an address or a number have that one. */
  customerId?: string;
  /** The kind of the object that `Identity.objectId` names, in the provider's word: `invoice`, `order`. */
  objectType?: string;
  money?: Money;
  /**
   * What people search for and no other column holds: names, addresses, invoice and order numbers, ids in headers. Split
   * into words by lib/contract/search-terms.ts. A privacy request removes them with `customerId`.
   */
  searchable?: readonly unknown[];
}

/** The money of one object, as the event leaves it: what is refunded so far, what of an invoice is still due. */
export interface Money {
  /** In minor units: see lib/contract/money.ts. */
  amount: number;
  /** ISO 4217, lower case. */
  currency: string;
  kind: AmountKind;
  /** The object whose money it is: its newest state counts, and only once. */
  object: string;
  /** Other objects that are about the same payment. A payment is added up once. */
  sameAs?: readonly string[];
  /** The whole amount of the object, where `amount` is a part of it. */
  whole?: number;
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

/** Marks a request as verified. Called only by a provider's `verify` and by publish. */
export function acceptAs(trust: Trust, request: RawRequest): Verification {
  return { ok: true, request: { ...request, trust, [verified]: true } };
}

export function refuse(reason: RefusalReason, detail: string): Verification {
  return { ok: false, reason, detail };
}

/** The bytes to read. `body` has the bytes that were signed, and that are stored. */
export function contentOf({ content, body }: RawRequest): Buffer {
  return content ?? body;
}

/**
 * The first value of a header, by lower-case name. Headers that sign or name an event are first checked by `refuseRepeated`.
 */
export function header(request: { headers: HeaderPairs }, name: string): string | undefined {
  return request.headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
}

/**
 * Refuses a request that carries one of these headers twice, by lower-case name. It would be arbitrary which of the two
 * counts, and an attacker could choose the other. Some servers join the two with a comma and a space before we see them,
 * which no genuine value of these headers contains.
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

/** Refuses a request whose two families of headers have different values for the same name. */
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

/** The bytes of a header's value as received: servers decode them as Latin-1, one character for each byte. */
export function headerBytes(value: string): Buffer {
  return Buffer.from(value, /^[\0-\xff]*$/.test(value) ? "latin1" : "utf8");
}

/** The value of a header as text: UTF-8 when its bytes are valid UTF-8, else Latin-1. */
export function headerText(value: string): string {
  const bytes = headerBytes(value);
  return isUtf8(bytes) ? bytes.toString("utf8") : value;
}

/** What tells two events of one time apart. */
export interface VersionHints {
  /** A finer time, or one of another clock. Sorts as text. */
  finer?: string;
  /** A later state of the same instant has a higher one. */
  rank?: number;
}

/**
 * A change's version: when it happened, in microseconds, then what else the provider says about the order, then the event's key.
 * Sorts as text. The key only names the event: where two versions are equal up to it, apply_changes asks which event was
 * received later, and reports the columns as undecided.
 */
export function versionOf(event: ProjectableEvent, { finer, rank = 0 }: VersionHints = {}): string {
  const hints = [...(finer === undefined ? [] : [finer]), String(rank).padStart(2, "0")];
  return [toMicroseconds(event.occurredAt ?? event.receivedAt), ...hints, event.eventKey].join("#");
}

/** A version in which rank comes before time: a final state remains, whatever arrives later and whatever its time. */
export function rankedVersionOf(event: ProjectableEvent, rank: number, hints: VersionHints = {}): string {
  return `${String(rank).padStart(2, "0")}#${versionOf(event, hints)}`;
}

/** A version that any other one beats: for what an event only implies. */
export function impliedVersionOf(event: ProjectableEvent, rank = 0): string {
  return `0#${versionOf(event, { rank })}`;
}

/** The changes with what apply_changes has to know of their event, to put two events of one time in order. */
export function receivedWith(event: ProjectableEvent, changes: Change[]): Change[] {
  if (event.id === undefined) return changes;
  const received = `${toMicroseconds(event.receivedAt)}#${String(event.id).padStart(12, "0")}`;
  const by = { provider: event.provider, key: event.eventKey, received };
  return changes.map((change) => ({ ...change, event: by }));
}

/** `2026-01-02T03:04:05.6Z` -> `2026-01-02T03:04:05.600000Z`: fixed width, UTC. */
export function toMicroseconds(iso: string): string {
  const fraction = /\.(\d+)/.exec(iso)?.[1] ?? "";
  return `${new Date(iso).toISOString().slice(0, 19)}.${fraction.padEnd(6, "0").slice(0, 6)}Z`;
}
