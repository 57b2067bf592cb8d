/**
 * Calls of SQL functions that must not compile. Nothing runs this file: `npm run check:types` reads it, and reports each
 * `@ts-expect-error` line that compiles, so it fails as soon as `call` takes more than it should.
 */
import { call } from "@/lib/db/client";
import type { Database, Json } from "@/lib/db/database.types";
import type { Answers } from "@/lib/db/functions/answers";
import type { Arguments, DeclaredArguments, FunctionName } from "@/lib/db/functions/arguments";

type Functions = Database["public"]["Functions"];
type Nothing<Wrong extends never> = Wrong;

export const wrongNames = [
  // @ts-expect-error SQL has no such function.
  () => call("console", "get_evnet", { p_id: 1, p_scope: null }),
  // @ts-expect-error SQL has it, but its answer is not declared.
  () => call("console", "get_staff", { p_id: "" }),
];

export const wrongArguments = [
  // @ts-expect-error It has no p_id.
  () => call("pipeline", "release_leases", { p_id: 5 }),
  // @ts-expect-error p_worker is an argument of another function.
  () => call("console", "get_event", { p_worker: "w1" }),
  // @ts-expect-error p_scope is missing: whose event may it be?
  () => call("console", "get_event", { p_id: 1 }),
  // @ts-expect-error p_id is a number.
  () => call("console", "get_event", { p_id: "we_1", p_scope: null }),
  // @ts-expect-error p_id may not be null.
  () => call("console", "get_event", { p_id: null, p_scope: null }),
  // @ts-expect-error It takes nothing else.
  () => call("console", "get_event", { p_id: 1, p_scope: null, p_limit: 1 }),
  // @ts-expect-error It takes nothing else, from wherever that comes.
  () => call("console", "get_event", { p_id: 1, ...signed }),
  // @ts-expect-error It takes nothing.
  () => call("pipeline", "advance_replays", { p_limit: 1 }),
  // @ts-expect-error p_options are no options of a replay.
  () => call("console", "create_replay", { ...replay, p_options: 5 }),
  // @ts-expect-error A selection has no such field.
  () => call("console", "list_missing_events", { p_selection: { events: [1] }, p_scope: null }),
  // @ts-expect-error No event has this status.
  () => call("console", "count_events", { p_filter: { status: ["lost"] }, p_scope: null }),
  // @ts-expect-error A result names its fence.
  () => call("pipeline", "record_attempts", { p_results: [{ delivery_id: 1, delivered: true, duration_ms: 1 }] }),
];

export const wrongAnswers = [
  // @ts-expect-error It answers whether, not how many.
  async (): Promise<number> => call("pipeline", "renew_lease", { p_delivery_id: 1, p_fence: 1, p_lease_seconds: 1 }),
  // @ts-expect-error There may be no such event.
  async () => (await call("console", "get_event", { p_id: 1, p_scope: null })).event_key,
  // @ts-expect-error An event has no such field.
  async () => (await call("console", "get_event", { p_id: 1, p_scope: null }))?.eventKey,
  // @ts-expect-error It may have been refused.
  async () => (await call("console", "create_replay", replay)).replay,
];

/** These compile: null where SQL takes it, JSON as the contract has it, and no arguments. */
export const right = [
  () => call("console", "get_event", { p_id: 1, p_scope: null }),
  () => call("console", "count_events", { p_filter: { status: ["dead"] }, p_scope: ["org_1"] }),
  () => call("console", "create_replay", { ...replay, p_idempotency_key: null }),
  () => call("pipeline", "advance_replays", {}),
];

declare const replay: Arguments<"create_replay">;
declare const signed: { p_scope: string[]; p_actor: string };

/** Each is empty as long as lib/db/functions agrees with the generated types. */
export type Disagreements = [
  Nothing<Exclude<keyof Answers, keyof Functions>>,
  Nothing<Exclude<keyof DeclaredArguments, FunctionName>>,
  Nothing<UnknownArgument>,
  Nothing<UndeclaredJson>,
  Nothing<OtherArgument>,
  Nothing<OtherAnswer>,
];

/** A declared argument that SQL does not have. */
type UnknownArgument = {
  [Name in keyof DeclaredArguments]: Exclude<keyof DeclaredArguments[Name], keyof Functions[Name]["Args"]>;
}[keyof DeclaredArguments];

/** A JSON argument without a declaration. */
type UndeclaredJson = {
  [Name in FunctionName]: {
    [Argument in keyof Functions[Name]["Args"]]-?: Json extends Functions[Name]["Args"][Argument]
      ? Name extends keyof DeclaredArguments
        ? Exclude<Argument, keyof DeclaredArguments[Name]>
        : Argument
      : never;
  }[keyof Functions[Name]["Args"]];
}[FunctionName];

/** A declaration that changes more of a generated type than that it may be null. */
type OtherArgument = {
  [Name in keyof DeclaredArguments]: {
    [Argument in keyof DeclaredArguments[Name] &
      keyof Functions[Name]["Args"]]: Json extends Functions[Name]["Args"][Argument]
      ? never
      : Loose<NonNullable<DeclaredArguments[Name][Argument]>> extends Functions[Name]["Args"][Argument]
        ? never
        : [Name, Argument];
  }[keyof DeclaredArguments[Name] & keyof Functions[Name]["Args"]];
}[keyof DeclaredArguments];

/** A declared answer that differs from a generated one that is not JSON. */
type OtherAnswer = {
  [Name in FunctionName]: Json extends Functions[Name]["Returns"]
    ? never
    : [NonNullable<Answers[Name]>] extends [Functions[Name]["Returns"]]
      ? never
      : Name;
}[FunctionName];

/** Lists are handed over as they are, so ours may be read-only. */
type Loose<Value> = Value extends readonly (infer Item)[] ? Item[] : Value;
