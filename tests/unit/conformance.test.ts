/**
 * One suite over the registry: what every provider makes of the same requests, really built and really signed. The
 * table is typed over the registry and over the cases, so a provider that leaves one out does not compile.
 * Long because it is that table.
 */
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { idempotencyKey as publishKey } from "@/lib/contract/api/publish";
import { eventRow } from "@/lib/pipeline/event-row";
import { parseBody } from "@/lib/pipeline/parse";
import { passedOn } from "@/lib/pipeline/passed-on";
import { findProvider, type providers } from "@/lib/providers";
import { chatwootEvent } from "@/lib/providers/chatwoot/sample";
import { heyreachEvent } from "@/lib/providers/heyreach/sample";
import { sha256Hex } from "@/lib/providers/hmac";
import { mittoDlr } from "@/lib/providers/mitto/sample";
import { publishedRequest } from "@/lib/providers/platform/index";
import {
  type Change,
  type HeaderPairs,
  InvalidPayload,
  type Provider,
  type RawRequest,
  type RefusalReason,
  type Trust,
  type VerifiedRequest,
} from "@/lib/providers/provider";
import { shopifyBody } from "@/lib/providers/shopify/sample";
import { smartleadEvent } from "@/lib/providers/smartlead/sample";
import { standardEvent } from "@/lib/providers/standard/sample";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { telnyxEvent } from "@/lib/providers/telnyx/sample";
import { FIXTURE_TIME } from "@/lib/samples/ids";
import {
  publicKeyOf,
  requestOf,
  type Sender,
  type SignOptions,
  TEST_ENVIRONMENT,
  TEST_SECRETS,
} from "../fixtures/sign";

type Registered = keyof typeof providers;

/** The provider has no endpoint: its events are published through our own API. */
type NoDoor = "has no door";

/** The result of each case. */
interface Expected {
  valid: Trust | NoDoor;
  unsigned: RefusalReason | NoDoor;
  /** The body was changed in transit: providers that sign nothing cannot detect it. */
  tampered: RefusalReason | "token" | NoDoor;
  /** Sent ten minutes ago, where the time is signed. */
  stale: RefusalReason | "has no time" | NoDoor;
  wrongSecret: RefusalReason | NoDoor;
  /** Sent with the old one of two secrets. */
  rotatedSecret: Trust | NoDoor;
  /** The provider's retry, sent anew a minute later. */
  duplicate: "same event";
  /** Two events in one array. */
  array: "one event" | "two events";
  /** An id beyond 2^53, written as a number. */
  bigId: "exact";
  unknownType: "kept" | "projected";
  /** `\u0000` in a string. */
  nul: "kept";
  missingId: "named by its bytes" | "named by its content" | "named by its fields and bytes" | "refused";
  /** The same name with other bytes: another version of one event, or an event of its own. */
  otherBytes: "another version" | "two events";
  /** No body, twice. */
  emptyBody: "two events" | NoDoor;
  /** Caught and sent again as it was, with another value of every id in a header. */
  otherId: "same event" | "suspected replay" | "bad_signature" | NoDoor;
  /** Two honest events, sent in the same second. */
  twoEvents: "two events";
  /** A header that signs or names the event comes twice: equal, different, or joined with a comma as some servers do. */
  repeatedHeader: "malformed" | "has no headers" | NoDoor;
  /** An id of letters beyond ASCII, signed as UTF-8 and handed on byte by byte as Node does. */
  idInUtf8: "verifies" | NoDoor;
  /** The body has a key twice. */
  repeatedKey: "flagged, and the last counts";
  /** Whose it is: through a source always the source's, and no forwarded host or header of a proxy names another. */
  tenant: "the source's, and no proxy's";
  /** The year 0, the year 9999, before time began, no number: the time the provider says it happened. */
  impossibleTime: "flagged, and not used" | "has no time";
  /** Whom and what it is about, as columns. */
  facts: "customer and object" | "object";
  /** The same event with 2 MiB of small objects in it, which its payload has no room for. */
  large: "named as the small one";
  /** Sent with gzip and signed over the compressed bytes. */
  gzip: "read from its content" | NoDoor;
  /** A form, as some senders' templates make. */
  form: "read" | "kept as it came" | NoDoor;
  /** It says that it is of a test mode. */
  testMode: "told apart" | "has no test mode";
  /** The received headers that an endpoint gets. */
  passedOn: "encoding and trace, no secret";
}

type Case = keyof Expected;

/** How a case differs from the usual event. */
interface Difference {
  id?: string | null;
  type?: string;
  /** Replaces a person's text. */
  text?: string;
  /** Replaces an id, as a JSON number: see `printed`. */
  bigId?: string;
  /** Another object than the usual one, where the id alone does not say so. */
  object?: number;
}

interface Entry {
  expected: Expected;
  /** A request with that difference. */
  request(difference: Difference, options: SignOptions): RawRequest;
  /** For a provider without an endpoint: the event as our API publishes it. */
  published?(difference: Difference): VerifiedRequest;
  /** The value of its environment variable. */
  secret: string;
  /** The variable's value when another secret is configured. */
  otherSecret: string;
}

const signed = {
  valid: "signed",
  unsigned: "unsigned",
  tampered: "bad_signature",
  stale: "stale",
  wrongSecret: "bad_signature",
  rotatedSecret: "signed",
  duplicate: "same event",
  array: "one event",
  bigId: "exact",
  unknownType: "kept",
  nul: "kept",
  missingId: "named by its bytes",
  otherBytes: "another version",
  emptyBody: "two events",
  otherId: "same event",
  twoEvents: "two events",
  repeatedHeader: "malformed",
  idInUtf8: "verifies",
  repeatedKey: "flagged, and the last counts",
  tenant: "the source's, and no proxy's",
  impossibleTime: "flagged, and not used",
  facts: "customer and object",
  large: "named as the small one",
  gzip: "read from its content",
  form: "kept as it came",
  testMode: "has no test mode",
  passedOn: "encoding and trace, no secret",
} as const satisfies Expected;

const tokenOnly = {
  ...signed,
  valid: "token",
  tampered: "token",
  stale: "has no time",
  rotatedSecret: "token",
  repeatedHeader: "has no headers",
  form: "read",
} as const satisfies Expected;

const noDoor = {
  ...signed,
  valid: "has no door",
  unsigned: "has no door",
  tampered: "has no door",
  stale: "has no door",
  wrongSecret: "has no door",
  rotatedSecret: "has no door",
  array: "two events",
  missingId: "refused",
  emptyBody: "has no door",
  otherId: "has no door",
  repeatedHeader: "has no door",
  idInUtf8: "has no door",
  facts: "object",
  gzip: "has no door",
  form: "has no door",
} as const satisfies Expected;

const BIG = "9007199254740993";
const ROUNDED = "9007199254740992";

const table: Record<Registered, Entry> = {
  stripe: {
    expected: { ...signed, testMode: "told apart" },
    secret: TEST_SECRETS.stripe,
    otherSecret: "whsec_another_stripe_secret",
    request: ({ id = "evt_1", type, text, bigId }, options) => {
      const object = { ...(text && { status: text }), ...(bigId && { id: numeral(bigId) }) };
      return send("stripe", { ...stripeEvent({ id: id ?? "", object }), ...(type && { type }) }, options);
    },
  },
  telnyx: {
    expected: signed,
    secret: TEST_ENVIRONMENT.TELNYX_PUBLIC_KEY,
    otherSecret: publicKeyOf(Buffer.alloc(32, 9).toString("base64")),
    request: ({ id = "b1a4-1", type, text, bigId }, options) => {
      const { data, meta } = telnyxEvent({ type: "message.received", id: id ?? "", text: text ?? "Hi", subject: "m1" });
      const payload = { ...data.payload, ...(bigId && { id: numeral(bigId) }) };
      return send("telnyx", { data: { ...data, ...(type && { event_type: type }), payload }, meta }, options);
    },
  },
  chatwoot: {
    expected: { ...signed, missingId: "named by its content" },
    secret: TEST_SECRETS.chatwoot,
    otherSecret: "another-chatwoot-secret",
    request: ({ id = "delivery-1", type, text, bigId, object = 7 }, options) => {
      const event = { ...chatwootEvent({ id: object, ...(text && { content: text }) }), ...(type && { event: type }) };
      const conversation = { id: numeral(bigId ?? "12"), account: { id: 3 } };
      const request = send("chatwoot", { ...event, conversation }, { ...options, id: id ?? "" });
      return id === null ? without(request, "x-chatwoot-delivery") : request;
    },
  },
  standard: {
    expected: { ...signed, missingId: "refused", otherId: "bad_signature", facts: "object", testMode: "told apart" },
    secret: TEST_SECRETS.standard,
    otherSecret: `whsec_${Buffer.alloc(24, 6).toString("base64")}`,
    request: ({ id = "msg_1", type, text, bigId }, options) => {
      const event = { ...standardEvent({ id: "ord_1", data: { ...(text && { note: text }) } }), ...(type && { type }) };
      const data = { ...event.data, ...(bigId && { id: numeral(bigId) }) };
      return send("standard", { ...event, data }, { ...options, id: id ?? "" });
    },
  },
  shopify: {
    expected: { ...signed, stale: "has no time", otherId: "suspected replay", testMode: "told apart" },
    secret: TEST_SECRETS.shopify,
    otherSecret: "another-shopify-secret",
    request: ({ id = "5b6f-1", type, text, bigId }, options) => {
      const body = shopifyBody({ ...(bigId && { order: bigId }), ...(text && { email: text }) });
      const request = send("shopify", body, { topic: type ?? "orders/create", ...options, id: id ?? "" });
      return id === null ? without(without(request, "x-shopify-event-id"), "x-shopify-webhook-id") : request;
    },
  },
  mitto: {
    expected: {
      ...{ ...tokenOnly, array: "two events", unknownType: "projected", impossibleTime: "has no time" },
      otherBytes: "two events",
    },
    secret: TEST_SECRETS.mitto,
    otherSecret: "another-mitto-token",
    request: ({ id = "b47e-1", type, text, bigId }, options) => {
      const dlr = mittoDlr({
        id: id ?? "",
        ...(type && { status: type }),
        ...(text && { reference: `alder:${text}` }),
      });
      return send("mitto", { ...dlr, ...(bigId && { Id: numeral(bigId) }) }, options);
    },
  },
  smartlead: {
    expected: { ...tokenOnly, missingId: "named by its fields and bytes" },
    secret: TEST_SECRETS.smartlead,
    otherSecret: "another-smartlead-secret",
    request: ({ id = "ev-1", type, text, bigId }, options) => {
      const body = { ...(text && { campaign_name: text }), ...(type && { event_type: type }) };
      const event = smartleadEvent({ eventId: id ?? undefined, statsId: "stats-1", body });
      return send("smartlead", { ...event, ...(bigId && { event_id: numeral(bigId) }) }, options);
    },
  },
  heyreach: {
    expected: { ...tokenOnly, missingId: "named by its fields and bytes", testMode: "told apart" },
    secret: TEST_SECRETS.heyreach,
    otherSecret: "another-heyreach-token",
    request: ({ id = "5b1f-1", type, text, bigId }, options) => {
      const lead = { id: bigId ? numeral(bigId) : "lead_dana", first_name: text ?? "Dana" };
      const body = { lead, correlation_id: id ?? undefined, ...(type && { event_type: type }) };
      return send("heyreach", heyreachEvent({ body }), options);
    },
  },
  platform: {
    expected: noDoor,
    secret: "any-secret-of-ours",
    otherSecret: "another-secret-of-ours",
    request: (difference) => platformRequest(difference),
    published: (difference) => platformRequest(difference),
  },
};

function platformRequest({ id = "payment_1", type, text, bigId }: Difference): VerifiedRequest {
  // The API asks for the key before there is an event.
  const { idempotencyKey } = z.object({ idempotencyKey: publishKey }).parse({ idempotencyKey: id });
  const data = JSON.stringify({ id: numeral(bigId ?? "12"), note: text ?? "paid" }).replace(/"id#(\d+)"/g, "$1");
  return publishedRequest({
    organisationId: "org_alder",
    eventType: type ?? "payment.completed",
    idempotencyKey,
    timestamp: "2026-03-02T09:30:00Z",
    data: Buffer.from(data),
  });
}

/** Runs a case against a provider, and returns the result. */
const runs: { [C in Case]: (entry: Entry, provider: Provider) => string } = {
  valid: (entry, provider) => verdict(provider, entry.request({}, NOW), [entry.secret]),
  unsigned: (entry, provider) => verdict(provider, entry.request({}, { ...NOW, unsigned: true }), [entry.secret]),
  tampered: (entry, provider) => {
    const request = entry.request({}, NOW);
    const body = Buffer.concat([request.body.subarray(0, -1), Buffer.from(" }")]);
    return verdict(provider, { ...request, body }, [entry.secret]);
  },
  stale: (entry, provider) => {
    const answer = verdict(provider, entry.request({}, { ...NOW, stale: true }), [entry.secret]);
    return answer === entry.expected.valid && !provider.published ? "has no time" : answer;
  },
  wrongSecret: (entry, provider) => verdict(provider, entry.request({}, NOW), [entry.otherSecret]),
  rotatedSecret: (entry, provider) => verdict(provider, entry.request({}, NOW), [entry.otherSecret, entry.secret]),
  duplicate: (entry, provider) => {
    const [first, again] = [NOW, { at: FIXTURE_TIME + 60 }].map((at) => only(rowsOf(entry, provider, {}, at)));
    expect(again?.event_key).toBe(first?.event_key);
    return again?.fingerprint === first?.fingerprint ? "same event" : "conflict";
  },
  array: (entry, provider) => {
    if (entry.published) {
      const keys = ["first", "second"].map((id) => only(rowsOf(entry, provider, { id })).event_key);
      return `${new Set(keys).size === 2 ? "two" : "other"} events`;
    }
    // Signed as the provider signs, whatever the body is.
    const [one, two] = ["first", "second"].map((id) => entry.request({ id }, { ...NOW, unsigned: true }).body);
    const array = Buffer.concat([
      Buffer.from("[ "),
      one as Buffer,
      Buffer.from(" ,\n"),
      two as Buffer,
      Buffer.from("]\n"),
    ]);
    const request = verified(provider, { ...resent(provider, array), method: "POST" }, provider.slug === "smartlead");
    const parts = provider.split?.(request) ?? [request];
    if (parts.length === 2) expect(parts.map((part) => part.body.toString())).toEqual([one, two].map(String));
    expect(new Set(parts.map((part) => storable(provider, part).event_key)).size).toBe(parts.length);
    return parts.length === 2 ? "two events" : parts.length === 1 ? "one event" : `${parts.length} events`;
  },
  bigId: (entry, provider) => {
    const row = only(rowsOf(entry, provider, { bigId: BIG }));
    const named = [row.event_key, row.object_id, row.organisation_id, row.company_id].join(" ");
    expect(named).not.toContain(ROUNDED);
    return named.includes(BIG) ? "exact" : named;
  },
  unknownType: (entry, provider) => {
    const row = only(rowsOf(entry, provider, { type: "something.new" }));
    const isKnown = Object.keys(provider.projections ?? {}).includes(row.event_type);
    if (!isKnown) expect(row.event_type).toBe("something.new");
    return isKnown ? "projected" : "kept";
  },
  nul: (entry, provider) => {
    const [request] = partsOf(entry, provider, { text: "a\0b" });
    const row = storable(provider, request as VerifiedRequest);
    expect(row.parse_status).toBe("nul_character");
    expect(JSON.stringify(changesOf(provider, request as VerifiedRequest))).not.toContain("\\u0000");
    return "kept";
  },
  missingId: (entry, provider) => {
    if (entry.published) {
      expect(() => entry.published?.({ id: null })).toThrow("idempotencyKey");
      return "refused";
    }
    const request = entry.request({ id: null }, NOW);
    if (verdict(provider, request, [entry.secret]) !== entry.expected.valid) return "refused";
    const [row, other] = [{ id: null }, { id: null, text: "another" }].map((d) => only(rowsOf(entry, provider, d)));
    const body = `sha256:${row?.body_sha256}`;
    if (!row?.event_key.endsWith(body)) {
      return other?.event_key === row?.event_key ? "named by its content" : "named by its fields and bytes";
    }
    expect(other?.event_key).not.toBe(row.event_key);
    return "named by its bytes";
  },
  otherBytes: (entry, provider) => {
    const [row, other] = [{}, { text: "another" }].map((difference) => only(rowsOf(entry, provider, difference)));
    expect(other?.fingerprint).not.toBe(row?.fingerprint);
    return other?.event_key === row?.event_key ? "another version" : "two events";
  },
  emptyBody: (_entry, provider) => {
    if (provider.published) return "has no door";
    const keys = [0, 30].map((later) => {
      const options = { at: FIXTURE_TIME + later, id: `empty-${later}` };
      const request = requestOf(provider.slug as Sender, Buffer.alloc(0), options);
      return storable(provider, verified(provider, request, provider.slug === "smartlead")).event_key;
    });
    expect(keys.join()).not.toContain(sha256Hex(Buffer.alloc(0)));
    return new Set(keys).size === 2 ? "two events" : "one event";
  },
  otherId: (entry, provider) => {
    const request = entry.request({}, NOW);
    const headers = request.headers.map(([name, value]) => [name, ID_HEADER.test(name) ? "caught-1" : value] as const);
    const caught = { ...request, headers: [...headers, ["X-Request-Id", "caught-1"] as const] };
    const answer = verdict(provider, caught, [entry.secret]);
    if (answer !== entry.expected.valid || provider.published) return answer;
    const [first, second] = [request, caught].map((one) => storable(provider, verified(provider, one)));
    if (first?.event_key === second?.event_key) return "same event";
    return second?.unsigned_key ? "suspected replay" : "another event";
  },
  twoEvents: (entry, provider) => {
    const keys = ["first", "second"].map((id, n) => only(rowsOf(entry, provider, { id, object: n + 1 })).event_key);
    return new Set(keys).size === 2 ? "two events" : "one event";
  },
  repeatedHeader: (entry, provider) => {
    const request = entry.request({}, NOW);
    const answers = request.headers
      .filter(([name]) => SIGNING_HEADER.test(name))
      .flatMap(([name, value]) => {
        const others = request.headers.filter(([other]) => other !== name);
        const given = (...headers: HeaderPairs) => ({ ...request, headers: [...others, ...headers] });
        return [
          given([name, value], [name, value]),
          given([name, value], [name.toUpperCase(), `x${value}`]),
          given([name, `x${value}`], [name, value]),
          given([name, `${value}, ${value}`]),
          given([name, `x${value}, ${value}`]),
        ];
      })
      .map((repeated) => verdict(provider, repeated, [entry.secret]));
    if (answers.length === 0) return provider.published ? "has no door" : "has no headers";
    return [...new Set(answers)].join(" or ");
  },
  idInUtf8: (entry, provider) => {
    if (entry.published) return "has no door";
    const request = entry.request({ id: "zahlung-für-№7" }, NOW);
    const headers = request.headers.map(
      ([name, value]) => [name, Buffer.from(value, "utf8").toString("latin1")] as const,
    );
    const answer = verdict(provider, { ...request, headers }, [entry.secret]);
    return answer === entry.expected.valid ? "verifies" : answer;
  },
  repeatedKey: (entry, provider) => {
    const twice = '"twice":{"deep":[{"a":1,"b":2,"a":3}]},';
    const row = rowWithBody(entry, provider, (body) => body.replace("{", `{${twice}`));
    const unique = only(rowsOf(entry, provider, {}));
    expect(unique.flags).toEqual([]);
    const payload = parseBody(row.body).value as { twice?: unknown; data?: { twice?: unknown } };
    expect(payload.twice ?? payload.data?.twice).toEqual({ deep: [{ a: 3, b: 2 }] });
    return row.flags.includes("repeated_keys") ? "flagged, and the last counts" : "not flagged";
  },
  tenant: (entry, provider) => {
    const [request] = partsOf(entry, provider, {});
    const plain = eventRow(provider, request as VerifiedRequest, "test");
    const proxied = { ...(request as VerifiedRequest) };
    proxied.headers = [...proxied.headers, ["X-Forwarded-Host", "birch.example"], ["Forwarded", "host=birch.example"]];
    const source = { id: 7, organisationId: "bound", companyId: "bound-co", settings: {} };
    const bound = eventRow(provider, proxied, "test", source);
    expect(eventRow(provider, proxied, "test").organisation_id).toBe(plain.organisation_id);
    expect([bound.source_id, bound.organisation_id, bound.company_id]).toEqual([7, "bound", "bound-co"]);
    return "the source's, and no proxy's";
  },
  impossibleTime: (entry, provider) => {
    const times = ['"0000-01-01T00:00:00Z"', '"9999-12-31T23:59:59Z"', '"1969-12-31T23:59:59Z"', "-1", "1e300", "0"];
    const rows = [...times, '"NaN"', "{}", "253402300799", '"2026-02-30T25:00:00Z"'].map((time) =>
      rowWithBody(
        entry,
        provider,
        (body) => body.replace(TIME_FIELD, (_, field) => `${field}:${time}`),
        time.replaceAll('"', ""),
      ),
    );
    if (rows.every(({ flags }) => flags.length === 0)) return "has no time";
    expect(rows.map(({ occurred_at }) => occurred_at)).toEqual(rows.map(() => null));
    expect(rows.map(({ flags }) => flags)).toEqual(rows.map(() => ["impossible_time"]));
    return "flagged, and not used";
  },
  facts: (entry, provider) => {
    const row = only(rowsOf(entry, provider, {}));
    expect(row.object_type).not.toBeNull();
    expect(row.terms).toEqual(row.terms.map((term) => term.toLowerCase()));
    return row.customer_id === null ? "object" : "customer and object";
  },
  large: (entry, provider) => {
    const small = only(rowsOf(entry, provider, {}));
    const large = rowWithBody(entry, provider, (body) => body.replace("{", `{"padding":[${PADDING}],`));
    expect(large.body.length).toBeGreaterThan(2 * 1024 * 1024);
    expect(large.parse_status).toMatch(/^too_/);
    const named = ({ event_type, organisation_id, company_id, object_id, customer_id }: typeof small) =>
      [event_type, organisation_id, company_id, object_id, customer_id].join();
    return named(large) === named(small) ? "named as the small one" : `${named(large)}, not ${named(small)}`;
  },
  gzip: (entry, provider) => {
    if (entry.published) return "has no door";
    const { body } = entry.request({}, { ...NOW, unsigned: true });
    const plain = provider.slug === "smartlead" ? requestOf("smartlead", body).body : body;
    const sent = resent(provider, gzipSync(plain));
    const packed = { ...sent, method: "POST", body: gzipSync(plain), content: plain };
    const row = storable(provider, verified(provider, packed));
    expect(row.body.equals(gzipSync(plain))).toBe(true);
    return row.event_type === only(rowsOf(entry, provider, {})).event_type ? "read from its content" : row.event_type;
  },
  form: (entry, provider) => {
    if (entry.published) return "has no door";
    const request = { ...resent(provider, Buffer.from("event_type=a_b&Id=7&status=SENT")), method: "POST" };
    const headers = [...request.headers.filter(([name]) => !/content-type/i.test(name)), FORM] as const;
    const whole = verified(provider, { ...request, headers }, provider.slug === "smartlead");
    const row = storable(provider, only(provider.split?.(whole) ?? [whole]));
    return row.parse_status === "ok" ? "read" : "kept as it came";
  },
  testMode: (entry, provider) => {
    expect(only(rowsOf(entry, provider, {})).livemode).not.toBe(false);
    const row = rowWithBody(entry, provider, (body) =>
      body
        .replaceAll('"livemode":true', '"livemode":false')
        .replace('"test":false', '"test":true')
        .replace(/"correlation_id":"[^"]*"/, '"correlation_id":"00000000-0000-0000-0000-000000000000"')
        .replace("{", '{"livemode":false,"test":true,'),
    );
    return row.livemode === false ? "told apart" : "has no test mode";
  },
  passedOn: (entry, provider) => {
    const [request] = partsOf(entry, provider, {});
    const received = [
      ...(request as VerifiedRequest).headers,
      ["Content-Encoding", "gzip"],
      ["traceparent", "00-1-2-01"],
    ];
    const headers = passedOn(received as HeaderPairs, provider);
    expect(headers).toMatchObject({ "content-encoding": "gzip", traceparent: "00-1-2-01" });
    return Object.keys(headers).some((name) => /signature|hmac|secret|token/.test(name))
      ? Object.keys(headers).join()
      : "encoding and trace, no secret";
  },
};

const FORM = ["Content-Type", "application/x-www-form-urlencoded"] as const;
const PADDING = Array.from({ length: 130_000 }, (_, n) => `{"key_${n % 97}":${n}}`).join();

const ID_HEADER = /-(id|delivery)$/i;
const SIGNING_HEADER = /signature|hmac|timestamp|topic|shop-domain|triggered-at|-(id|delivery)$/i;
/** Where providers write when it happened. */
const TIME_FIELD = /("(?:created|occurred_at|created_at|timestamp|event_timestamp)"):("[^"]*"|[\d.]+)/;

describe.each(Object.entries(table))("%s", (name, entry) => {
  const provider = findProvider(name) as Provider;
  it.each(Object.entries(entry.expected))("%s: %s [B1] [B6] [B18] [D14]", (which, expected) => {
    expect(runs[which as Case](entry, provider)).toBe(expected);
  });
});

const NOW = { at: FIXTURE_TIME };

/** Written as a number in the body, digit by digit: JavaScript could not print it. */
function numeral(digits: string): string {
  return `id#${digits}`;
}

function send(provider: Sender, event: unknown, options: SignOptions): RawRequest {
  const body = Buffer.isBuffer(event) ? event : Buffer.from(JSON.stringify(event).replace(/"id#(\d+)"/g, "$1"));
  return requestOf(provider, body, options);
}

/** The event with a changed body, signed again; Shopify says in a header when it happened. */
function rowWithBody(entry: Entry, provider: Provider, change: (body: string) => string, triggeredAt?: string) {
  if (entry.published) {
    const published = entry.published({});
    return storable(provider, { ...published, body: Buffer.from(change(published.body.toString())) });
  }
  const plain = entry.request({}, { ...NOW, unsigned: true }).body.toString();
  const request = resent(provider, Buffer.from(change(plain)));
  const headers = request.headers.map(
    ([name, value]) => [name, triggeredAt && /triggered-at/i.test(name) ? triggeredAt : value] as const,
  );
  return storable(provider, verified(provider, { ...request, headers }));
}

/** The same sender sends other bytes. */
function resent(provider: Provider, body: Buffer): RawRequest {
  return requestOf(provider.slug as Sender, body, { ...NOW, id: "array-1" });
}

function without(request: RawRequest, name: string): RawRequest {
  return { ...request, headers: request.headers.filter(([header]) => header.toLowerCase() !== name) };
}

function verify(provider: Provider, request: RawRequest, secrets: readonly string[]) {
  return provider.verify(request, { secrets, allowUnsigned: false, now: FIXTURE_TIME });
}

function verdict(provider: Provider, request: RawRequest, secrets: readonly string[]): string {
  const answer = verify(provider, request, secrets);
  if (provider.published && !answer.ok) return "has no door";
  return answer.ok ? answer.request.trust : answer.reason;
}

/** Through a source's own URL when the secret is in a body, which an array cannot contain. */
function verified(provider: Provider, request: RawRequest, throughSource = false): VerifiedRequest {
  const secrets = [table[provider.slug as Registered].secret];
  const context = { secrets, allowUnsigned: false, now: FIXTURE_TIME + 60 };
  const answer = provider.verify(request, { ...context, ...(throughSource && { source: { id: 1, settings: {} } }) });
  if (!answer.ok) throw new Error(`refused: ${answer.detail}`);
  return answer.request;
}

function partsOf(entry: Entry, provider: Provider, difference: Difference, options: SignOptions = NOW) {
  const request = entry.published?.(difference) ?? verified(provider, entry.request(difference, options));
  return provider.split?.(request) ?? [request];
}

function rowsOf(entry: Entry, provider: Provider, difference: Difference, options: SignOptions = NOW) {
  return partsOf(entry, provider, difference, options).map((part) => storable(provider, part));
}

/** The row that is stored, whose text Postgres can hold. */
function storable(provider: Provider, request: VerifiedRequest) {
  const row = eventRow(provider, request, "test");
  const { body, ...texts } = row;
  expect(JSON.stringify(texts)).not.toContain("\\u0000");
  expect(row.event_key).not.toBe("");
  return { ...row, body_sha256: sha256Hex(body) };
}

function changesOf(provider: Provider, request: VerifiedRequest): Change[] {
  const row = eventRow(provider, request, "test");
  try {
    return (
      provider.projections?.[row.event_type]?.({
        provider: provider.slug,
        eventKey: row.event_key,
        eventType: row.event_type,
        organisationId: row.organisation_id ?? undefined,
        receivedAt: "2026-03-02T09:30:01Z",
        payload: parseBody(request.body).value,
      }) ?? []
    );
  } catch (error) {
    if (error instanceof InvalidPayload) return [];
    throw error;
  }
}

function only<T>(list: T[]): T {
  expect(list).toHaveLength(1);
  return list[0] as T;
}
