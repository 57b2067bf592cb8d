/**
 * A row of the conformance suite (tests/unit/provider-apis.test.ts): a provider whose API client is tested, and a fake that
 * follows the provider's documentation. One file per provider in rows/, which exports `row`.
 */
import type { Configuration, OwnObject } from "@/lib/providers/api";
import type { RawRequest } from "@/lib/providers/provider";
import type { FakeServer } from "./fake-server";

export interface ProviderApiRow {
  /** The slug. */
  provider: string;
  /** How many records the client asks for per page: the suite makes a few more than two pages of them. */
  perPage: number;
  /** The most requests that one call of `list` may make. Default: 1. */
  requestsPerPage?: number;
  /** The provider says times in whole seconds (1000), or milliseconds (1). */
  resolutionMs: number;
  /** How long its records may take to become readable, in seconds, by its documentation. */
  readableAfterSeconds: number;
  /** So many requests in any so many seconds, by its documentation; null where it names none, or a bucket. */
  limit: readonly [requests: number, seconds: number] | null;
  start(): Promise<StartedProvider>;
}

export interface StartedProvider {
  fake: FakeServer;
  /** By the names of `ProviderApi.credentials`. Secret values are unlike anything else in a request. */
  credentials: Readonly<Record<string, string>>;
  settings?: Readonly<Record<string, string>>;
  /**
   * Makes one record at each time, oldest first, of several types in turn, and returns what `list` must say of each. It
   * may be called again for more.
   */
  seed(times: readonly Date[]): Expected[];
  /** What our database knows already, for providers that answer for known ids only. */
  ownObjects?(): OwnObject[];
  /** Makes records that the provider's list leaves out unless it is asked for them, one of each kind. */
  seedHidden?(at: Date): Expected[];
  /** From now on, a page of the list is an answer without its list. */
  loseList(): void;
  /** From now on, the provider refuses the key that it was given. */
  rollKey(): void;
  /** Left out where the client has no `configuration`. */
  configurations?: readonly ConfigurationCase[];
}

/** What `list` must say of a record. */
export interface Expected {
  /** The event key or the logical key, as `ProviderApi.pairs` says. */
  key: string;
  eventType: string;
  /** ISO 8601. */
  occurredAt: string;
  /** For `get`. Left out where it cannot be asked for alone. */
  id?: string;
  /** The webhook as the provider would have sent it; undefined where it sends none that we know. */
  webhook?: Pick<RawRequest, "headers" | "body"> & Partial<RawRequest>;
  /** It cannot be brought back, by the documentation. */
  isUnrecoverable?: true;
}

export interface ConfigurationCase {
  name: string;
  /** Sets the provider up as the case says. */
  prepare(): void;
  endpointUrl: string;
  subscribedTypes: Configuration["subscribedTypes"];
  /** The codes of the problems, sorted. */
  problems: readonly string[];
  /** The codes of the problems after each one that can be repaired was repaired. Left out where none can be. */
  afterRepairs?: readonly string[];
}
