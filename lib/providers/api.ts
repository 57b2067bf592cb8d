/**
 * The contract of a provider's API client: what it can prove, and how its lists are read. One file, `api.ts`, in the folder
 * of each provider. A client makes no connection itself: `ask` is its only way out (lib/reconciliation/ask.ts), which keeps
 * the provider's limits and notes every request.
 */
import type { HeaderPairs, Json, SourceSetting } from "./provider";

/** What the provider's API gives: the same events, objects as they are now, counts, or the state of an id we know. */
export type CoverageKind = "events" | "objects" | "counts" | "own_ids";

export interface ProviderApi {
  coverage: {
    kind: CoverageKind;
    /** For users: what a complete run without findings proves, in a sentence. */
    proves: string;
    /** For users: what it cannot see. */
    misses: string;
  };
  /** How many days back the provider answers; undefined where it does not say. */
  horizonDays?: number;
  /** How long after an event happened it counts as missing: it may still be on its way, or not listed yet. */
  waitSeconds: number;
  /** How far before its window a run reads, because records become readable late. */
  lookbackSeconds: number;
  /** What a key needs and where it is made, for users. */
  rights: string;
  /** By name; those of the default source come from the environment. */
  credentials: Readonly<Record<string, Credential>>;
  /** The variable that replaces `url`, for tests and regional hosts. */
  urlVariable: string;
  /** The address of the API, without a slash at the end. May use credentials, such as the shop. */
  url(credentials: Readonly<Record<string, string>>): string;
  /**
   * How fast one account is asked, before the provider's own headers say more. Pace and burst together stay below what it
   * allows in any such span: a refusal costs more time than the pace.
   */
  budget: { requests: number; perSeconds: number; burst?: number };
  /** What an event of the API and its webhook have in common: the event's key, or the logical key of both. */
  pairs: "event_key" | "logical_key";
  /** Reads the next page of a window. `cursor` is null at its beginning, later what the page before returned as `next`. */
  list(session: ApiSession, window: Window, cursor: Json): Promise<Page>;
  /** One event or object, as `list` has it, by the provider's id; undefined when the provider does not have it. */
  get?(session: ApiSession, id: string, eventType?: string): Promise<Entry | undefined>;
  /** Asks the provider to send what failed once more; returns how many it says it will send, when it says so. */
  resend?(session: ApiSession, window: Window): Promise<{ asked: number | null }>;
  /** How many webhooks of a window failed by the provider's own count; null when it does not say. */
  undelivered?(session: ApiSession, window: Window): Promise<number | null>;
  /** How the provider is set up to send to us. */
  configuration?(session: ApiSession, endpointUrl: string): Promise<Configuration>;
  /** Repairs one problem of the configuration, by its code. Needs a key that may write. */
  repair?(session: ApiSession, problem: ConfigurationProblem): Promise<void>;
  /** The cheapest request that needs the key: throws `ApiFailure` when the key does not work. */
  test(session: ApiSession): Promise<void>;
}

export interface Credential extends SourceSetting {
  /** The environment variable of the default source. */
  variable: string;
  /** Encrypted, shown only as its last four characters. */
  isSecret: boolean;
  isOptional?: boolean;
}

/** From (inclusive) to (exclusive). `types`: only events of these types; undefined means all. */
export interface Window {
  from: Date;
  to: Date;
  types?: readonly string[];
  /** The window without its overlap with earlier ones: what a provider only counts is counted over this. */
  counted?: { from: Date; to: Date };
}

/** What a client may use. */
export interface ApiSession {
  credentials: Readonly<Record<string, string>>;
  /** The settings of the source: see `Provider.settings`. */
  settings: Readonly<Record<string, string>>;
  /** Sends one request in its turn. Throws `ApiFailure`; a client catches only what is an answer to it, such as 404. */
  ask(request: ApiRequest): Promise<ApiAnswer>;
  /** Our own events of this source in the window, one per object, for providers that answer for known ids only. */
  ownObjects(window: Window, after: string | null, limit: number): Promise<OwnObject[]>;
  now(): Date;
}

export interface ApiRequest {
  method?: "GET" | "POST";
  /** Below the API's address, such as `/v1/events`. */
  path: string;
  /** Repeated names are allowed, such as `types[]`. */
  query?: readonly (readonly [name: string, value: string])[];
  headers?: Readonly<Record<string, string>>;
  json?: Json;
  form?: readonly (readonly [name: string, value: string])[];
  /** Query parameters that are secret: never noted. */
  secretQuery?: readonly string[];
  /** Values that are masked wherever the answer repeats them. */
  secrets?: readonly string[];
  /** How much of the budget it uses. Default 1. */
  cost?: number;
}

export interface ApiAnswer {
  status: number;
  /** By lower-case name, the first value of each. */
  headers: Readonly<Record<string, string>>;
  /** The parsed body; numbers above 2^53 lose digits, so ids are read from `text`. */
  json: unknown;
  text: string;
}

export interface OwnObject {
  objectId: string;
  eventKey: string;
  eventType: string;
  /** ISO 8601. */
  occurredAt: string;
  /** Its payload as it is stored: what a later event of the object repeats. */
  payload?: unknown;
}

export interface Page {
  entries: Entry[];
  /** Where the next page begins; null after the last one. Stored as a row, so it has to be small. */
  next: Json;
  /** The window has more than the provider lists: it is split in two, and these entries do not count. */
  isTooLarge?: boolean;
  /** What the provider counts without listing it, for coverage `counts`: by event type. */
  counts?: readonly { eventType: string; provider: number }[];
}

/** One event that should exist here, by the provider. */
export interface Entry {
  /** The key that `identify` returns for its webhook. Needed where clients pair by `event_key`. */
  eventKey?: string;
  /** The key that `identify` returns as `logicalKey` for its webhook. Needed where clients pair by `logical_key`. */
  logicalKey?: string;
  eventType: string;
  objectId?: string;
  /** When it happened at the provider, ISO 8601. */
  occurredAt: string;
  /** `provider_api`: the provider's own event. `reconstructed`: built by us from its object. */
  origin: "provider_api" | "reconstructed";
  /** The webhook as it would have come, as far as it is known; undefined for what can be named and not brought back. */
  webhook?: { body: Buffer; headers: HeaderPairs };
  /** Why nobody can bring it back. */
  unrecoverable?: string;
}

export interface Configuration {
  /** The event types that the provider sends us; null when it sends all, or when that is not known. */
  subscribedTypes: readonly string[] | null;
  problems: ConfigurationProblem[];
}

export interface ConfigurationProblem {
  /** A word that does not change, such as `endpoint_disabled`. */
  code: string;
  /** What is wrong, in a sentence for users. */
  title: string;
  /** What to do about it. */
  wayOut: string;
  /** What `repair` needs to know; undefined where the API cannot repair it. */
  repair?: { id: string; what: string; data?: Json };
}

export type ApiFailureKind =
  | "unauthorised"
  | "forbidden"
  | "not_found"
  | "rate_limited"
  | "unavailable"
  | "malformed"
  | "refused"
  | "network";

/** A request to a provider's API that did not succeed. `message` is for users and contains no secret. */
export class ApiFailure extends Error {
  constructor(
    readonly kind: ApiFailureKind,
    message: string,
    readonly status: number | null = null,
    /** The provider's own wish, in milliseconds. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
    this.name = "ApiFailure";
  }

  /** Whether the same request may succeed later without anybody's help. */
  get isTemporary(): boolean {
    return this.kind === "rate_limited" || this.kind === "unavailable" || this.kind === "network";
  }
}

/** A list where an answer must have one: a page that lacks it is an error, never an empty list. */
export function listIn(value: unknown, what: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new ApiFailure("malformed", `The answer has no list of ${what}.`);
}
