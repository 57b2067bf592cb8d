/** What is particular to providers that sign nothing: tokens, other field names, and invalid ids. */
import { describe, expect, it } from "vitest";
import { parseBody } from "@/lib/pipeline/parse";
import { heyreach } from "@/lib/providers/heyreach/index";
import { heyreachEvent, NO_CORRELATION } from "@/lib/providers/heyreach/sample";
import { mitto } from "@/lib/providers/mitto/index";
import { mittoDlr } from "@/lib/providers/mitto/sample";
import type { Provider, RawRequest, Source, VerifiedRequest } from "@/lib/providers/provider";
import { smartlead } from "@/lib/providers/smartlead/index";
import { smartleadEvent } from "@/lib/providers/smartlead/sample";
import { isOneOf, tokenOf } from "@/lib/providers/url-token";
import { FIXTURE_TIME } from "@/lib/samples/ids";
import { requestOf, type Sender, TEST_SECRETS } from "../fixtures/sign";

function verified(provider: Provider, request: RawRequest, source?: Source): VerifiedRequest {
  const secrets = [TEST_SECRETS[provider.slug as Sender]];
  const answer = provider.verify(request, { secrets, allowUnsigned: false, now: FIXTURE_TIME, source });
  if (!answer.ok) throw new Error(answer.detail);
  return answer.request;
}

function identify(provider: Provider, event: unknown, source?: Source) {
  const request = verified(provider, requestOf(provider.slug as Sender, event), source);
  return provider.identify(request, parseBody(request.body).value, source);
}

describe("the token of a URL", () => {
  it.each([
    ["/api/webhooks/mitto/abc", "abc"],
    ["//api/webhooks//mitto/abc/?status=x/y", "abc"],
    ["/api/webhooks/mitto", undefined],
    ["/api/webhooks/mitto?token=abc", undefined],
    ["/api/webhooks/mitto/a/b", undefined],
  ])("in %s", (path, token) => {
    expect(tokenOf({ path })).toBe(token);
  });
  it("is compared whole", () => {
    expect(
      ["secret-1", "secret-2", "secret-", "secret-11", ""].map((given) => isOneOf(["secret-1", "secret-2"], given)),
    ).toEqual([true, true, false, false, false]);
    expect(isOneOf([], "")).toBe(false);
  });
});

describe("mitto", () => {
  it("takes what a GET says in its query", () => {
    const path = `/api/webhooks/mitto/${TEST_SECRETS.mitto}?msgid=m1&status=DELIVERED&errorcode=0&reference=alder%3A7`;
    const [part] = mitto.split?.(verified(mitto, { method: "GET", path, headers: [], body: Buffer.alloc(0) })) ?? [];
    const payload = parseBody((part as VerifiedRequest).body).value;
    expect(payload).toEqual({ msgid: "m1", status: "DELIVERED", errorcode: "0", reference: "alder:7" });
    expect(mitto.identify(part as VerifiedRequest, payload)).toMatchObject({
      eventKey: expect.stringMatching(/^m1:delivered:0:[0-9a-f]{16}$/),
      eventType: "dlr",
      organisationId: "alder",
    });
  });
  it("keeps an array of something else, and one too long, as one event", () => {
    for (const body of ["[]", "[1,2]", '[{"Id":"a"},7]', `[${"{},".repeat(1_000)}{}]`]) {
      expect(mitto.split?.(verified(mitto, requestOf("mitto", Buffer.from(body))))).toHaveLength(1);
    }
  });
  it("names a report without an error code, or without an id", () => {
    expect(identify(mitto, mittoDlr({ id: "m1", errorCode: null })).eventKey).toMatch(/^m1:delivered:[0-9a-f]{16}$/);
    expect(identify(mitto, { status: "SENT" }).eventKey).toMatch(/^sha256:/);
  });
  it("believes its source about the shop", () => {
    const source = { id: 1, organisationId: "birch", settings: {} };
    expect(identify(mitto, mittoDlr(), source).organisationId).toBe("birch");
  });
});

describe("smartlead", () => {
  it("knows an event by mail, step, time and reply, whichever webhook brings it", () => {
    const event = smartleadEvent({ type: "EMAIL_OPEN", statsId: "s1" });
    const known = identify(smartlead, event);
    const other = { ...event, webhook_id: 9, webhook_url: "https://x.example", metadata: {} };
    expect(identify(smartlead, other)).toEqual(known);
    for (const change of [{ stats_id: "s2" }, { sequence_number: 2 }, { event_timestamp: "2026-03-02T10:00:00Z" }]) {
      expect(identify(smartlead, { ...event, ...change }).eventKey).not.toBe(known.eventKey);
    }
  });
  it("tells a bounce from the mail it is about, whose time it carries", () => {
    const keys = (["EMAIL_SENT", "EMAIL_BOUNCE"] as const).map(
      (type) => identify(smartlead, smartleadEvent({ type, statsId: "s1" })).eventKey,
    );
    expect(new Set(keys).size).toBe(2);
  });
  it("prefers the field that names the lead: replies may swap the two addresses", () => {
    const event = smartleadEvent({ type: "EMAIL_REPLY", lead: "Dana@Brightline.example" });
    expect(identify(smartlead, { ...event, to_email: "amara@desk.example.com" }).objectId).toBe(
      "dana@brightline.example",
    );
  });
  it("lets a source's URL in without the key in the body", () => {
    const request = requestOf("smartlead", smartleadEvent(), { unsigned: true });
    expect(verified(smartlead, request, { id: 1, settings: {} }).trust).toBe("token");
  });
});

describe("heyreach", () => {
  it("does not take the test button's zeros for an id", () => {
    const key = (at: number) => identify(heyreach, heyreachEvent({ correlationId: NO_CORRELATION, at })).eventKey;
    expect(key(FIXTURE_TIME)).toMatch(/^sha256:/);
    expect(key(FIXTURE_TIME)).toBe(key(FIXTURE_TIME));
    expect(key(FIXTURE_TIME + 1)).not.toBe(key(FIXTURE_TIME));
  });
  it("asks its source for the type that a payload leaves out", () => {
    const event = heyreachEvent({ body: { event_type: undefined } });
    expect(identify(heyreach, event).eventType).toBe("unknown");
    expect(identify(heyreach, event, { id: 1, settings: { event_type: "MESSAGE_SENT" } }).eventType).toBe(
      "message_sent",
    );
    expect(identify(heyreach, heyreachEvent({ body: { event_type: "LIKED_POST" } })).eventType).toBe("liked_post");
  });
});
