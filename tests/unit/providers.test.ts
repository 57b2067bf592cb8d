/**
 * Every provider answers the same questions about a request; then what is particular to each. Clocks are fixed.
 * Long because it is one table: a new provider has to pass all of it.
 */
import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { findProvider, providers } from "@/lib/providers";
import { chatwootEvent } from "@/lib/providers/chatwoot/sample";
import { decodeBase64, decodeHex, ed25519Verify, isStale, parseUnixTimestamp, sameDigest } from "@/lib/providers/hmac";
import type { HeaderPairs, Provider, VerifyContext } from "@/lib/providers/provider";
import { standardEvent } from "@/lib/providers/standard/sample";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { telnyxEvent } from "@/lib/providers/telnyx/sample";
import { bodyOf, FIXTURE_TIME } from "@/lib/samples/ids";
import {
  publicKeyOf,
  SIGNERS,
  type Signer,
  type SignOptions,
  sign,
  TEST_ENVIRONMENT,
  TEST_SECRETS,
} from "../fixtures/sign";

const NOW = FIXTURE_TIME;

const events: Record<Signer, () => unknown> = {
  stripe: stripeEvent,
  telnyx: telnyxEvent,
  chatwoot: chatwootEvent,
  standard: standardEvent,
};

const configured: Record<Signer, string> = {
  stripe: TEST_ENVIRONMENT.STRIPE_WEBHOOK_SECRET,
  telnyx: TEST_ENVIRONMENT.TELNYX_PUBLIC_KEY,
  chatwoot: TEST_ENVIRONMENT.CHATWOOT_WEBHOOK_SECRET,
  standard: TEST_ENVIRONMENT.STANDARD_WEBHOOK_SECRET,
};

const otherKey: Record<Signer, { signs: string; configured: string }> = {
  stripe: { signs: "whsec_another_stripe_secret", configured: "whsec_another_stripe_secret" },
  telnyx: {
    signs: Buffer.alloc(32, 9).toString("base64"),
    configured: publicKeyOf(Buffer.alloc(32, 9).toString("base64")),
  },
  chatwoot: { signs: "another-chatwoot-secret", configured: "another-chatwoot-secret" },
  standard: { signs: `whsec_${"b3RoZXJvdGhlcm90aGVyb3RoZXJv"}`, configured: "whsec_b3RoZXJvdGhlcm90aGVyb3RoZXJv" },
};

const signatureHeader: Record<Signer, string> = {
  stripe: "Stripe-Signature",
  telnyx: "telnyx-signature-ed25519",
  chatwoot: "X-Chatwoot-Signature",
  standard: "webhook-signature",
};

/** `signed`, `unsigned` (the trust of an accepted request) or the reason of the refusal. */
function outcome(name: string, body: Buffer, headers: HeaderPairs, context: Partial<VerifyContext> = {}): string {
  const provider = findProvider(name) as Provider;
  const secrets = context.secrets ?? [configured[name as Signer]];
  const answer = provider.verify(
    { method: "POST", path: `/api/webhooks/${name}`, headers, body },
    { secrets, allowUnsigned: false, now: NOW, ...context },
  );
  return answer.ok ? answer.request.trust : answer.reason;
}

function replaceSignature(headers: HeaderPairs, name: Signer, change: (value: string) => string): HeaderPairs {
  return headers.map(([key, value]) => (key === signatureHeader[name] ? [key, change(value)] : [key, value]));
}

describe.each(SIGNERS)("%s", (name) => {
  const body = bodyOf(events[name]());
  const signed = (options: SignOptions = {}, bytes = body) => sign(name, bytes, { at: NOW, ...options });

  it("accepts what the provider signed", () => expect(outcome(name, body, signed())).toBe("signed"));

  it("does not care about the case of header names", () => {
    const upper = signed().map(([key, value]): [string, string] => [key.toUpperCase(), value]);
    const lower = signed().map(([key, value]): [string, string] => [key.toLowerCase(), value]);
    expect([outcome(name, body, upper), outcome(name, body, lower)]).toEqual(["signed", "signed"]);
  });

  it("signs bytes, not text: non-ASCII, escapes, invalid UTF-8, NUL and an empty body are all exact", () => {
    const bodies = ["1 × café 中文 🚀", '{"a":"\\u003cb\\u003e \\u0026"}', "", "\0", "not json"].map((text) =>
      Buffer.from(text),
    );
    bodies.push(Buffer.from([0x22, 0xff, 0xfe, 0xc3, 0x28, 0x22]), Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]));
    for (const bytes of bodies) expect(outcome(name, bytes, signed({}, bytes)), bytes.toString("hex")).toBe("signed");
  });

  it("refuses a body that differs in one byte, even an invalid one", () => {
    const flawed = Buffer.from([0x22, 0xff, 0x22]);
    expect(outcome(name, Buffer.from([0x22, 0xfe, 0x22]), signed({}, flawed))).toBe("bad_signature");
    expect(outcome(name, body, signed({ tampered: true }))).toBe("bad_signature");
  });

  it.each([
    ["re-serialised", (text: string) => JSON.stringify(JSON.parse(text), null, 2)],
    ["with a byte order mark", (text: string) => `\ufeff${text}`],
    ["with another line ending", (text: string) => `${text}\r\n`],
    [
      "with keys in another order",
      (text: string) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).reverse())),
    ],
  ])("refuses the same event %s [B8]", (_, change) => {
    expect(outcome(name, Buffer.from(change(body.toString())), signed())).toBe("bad_signature");
  });

  it("tells an unsigned request from a badly signed one [B1] [B2]", () => {
    expect(outcome(name, body, signed({ unsigned: true }))).toBe("unsigned");
    expect(outcome(name, body, [])).toBe("unsigned");
    expect(
      outcome(
        name,
        body,
        replaceSignature(signed(), name, () => "  "),
      ),
    ).toBe("unsigned");
  });

  it("refuses another key, and accepts it beside the first while a rotation lasts [B6]", () => {
    const headers = signed({ secret: otherKey[name].signs });
    expect(outcome(name, body, headers)).toBe("bad_signature");
    expect(outcome(name, body, headers, { secrets: [configured[name], otherKey[name].configured] })).toBe("signed");
  });

  it("fails closed without keys [B7]", () =>
    expect(outcome(name, body, signed(), { secrets: [] })).toBe("bad_signature"));

  it("accepts an age of 300 seconds, and calls 301 stale [B12]", () => {
    expect(outcome(name, body, signed({ at: NOW - 299 }))).toBe("signed");
    expect(outcome(name, body, signed({ at: NOW - 300 }))).toBe("signed");
    expect(outcome(name, body, signed({ at: NOW - 301 }))).toBe("stale");
    expect(outcome(name, body, signed({ stale: true }))).toBe("stale");
  });

  it("never calls a forgery stale", () => {
    expect(outcome(name, body, signed({ stale: true, tampered: true }))).toBe("bad_signature");
  });

  it("tolerates a sender whose clock is ahead; 301 seconds only from Stripe, whose own check looks back only [B12] [B23]", () => {
    expect(outcome(name, body, signed({ at: NOW + 120 }))).toBe("signed");
    expect(outcome(name, body, signed({ at: NOW + 299 }))).toBe("signed");
    expect(outcome(name, body, signed({ at: NOW + 301 }))).toBe(name === "stripe" ? "signed" : "stale");
  });

  it("does not believe a changed timestamp", () => {
    const moved = signed().map(([key, value]): [string, string] => [key, value.replace(String(NOW), String(NOW + 5))]);
    expect(outcome(name, body, moved)).toBe("bad_signature");
  });

  it.each(["", " ", "hello", "NaN", "-1", "1e9", "1700000000.5", "0x65", "999999999999999999999"])(
    "refuses the timestamp %j without failing",
    (timestamp) => {
      const headers = signed().map(([key, value]): [string, string] => [key, value.replace(String(NOW), timestamp)]);
      expect(["malformed", "bad_signature"]).toContain(outcome(name, body, headers));
    },
  );

  it.each([
    ["an odd number of digits", (value: string) => value.slice(0, -1)],
    ["trailing junk", (value: string) => `${value}zz`],
    ["junk inside", (value: string) => `${value.slice(0, -20)}!!${value.slice(-18)}`],
    ["a non-ASCII letter of the same length", (value: string) => `${value.slice(0, -1)}é`],
    [
      "nothing after the scheme",
      (value: string) => value.replace(/(v1=|sha256=|v1,).*/, "$1").replace(/^[\w+/]{86}==$/, "="),
    ],
    [
      "an unknown scheme",
      (value: string) =>
        value
          .replace(/v1([=,])/, "v9$1")
          .replace("sha256=", "sha512=")
          .replace(/==$/, ""),
    ],
    ["half a digest", (value: string) => value.slice(0, -32)],
    ["ten kilobytes", () => "v1=,".repeat(2_500)],
    ["a prototype's name", () => "__proto__"],
  ])("refuses a signature with %s, without failing [B2] [B3]", (_, change) => {
    expect(["malformed", "bad_signature"]).toContain(outcome(name, body, replaceSignature(signed(), name, change)));
  });

  it("does not accept a signature made for another provider [B9]", () => {
    for (const other of SIGNERS.filter((candidate) => candidate !== name)) {
      expect(outcome(name, body, sign(other, body, { at: NOW }))).toBe("unsigned");
    }
  });

  it("lists its signature header as secret", () => {
    expect(findProvider(name)?.secretHeaders).toContain(signatureHeader[name].toLowerCase());
  });
});

describe("stripe signatures [B5]", () => {
  const body = bodyOf(stripeEvent());
  const v1 = (content: string, encoding: "hex" | "base64" = "hex", key: string = TEST_SECRETS.stripe) =>
    createHmac("sha256", key).update(content).digest(encoding);
  const good = v1(`${NOW}.${body}`);
  const given = (value: string) => outcome("stripe", body, [["Stripe-Signature", value]]);

  it.each([
    ["two v1, the second matches", `t=${NOW},v1=${"a".repeat(64)},v1=${good}`, "signed"],
    ["a trailing v1 that is no digest", `t=${NOW},v1=${good},v1=potato`, "signed"],
    ["a v0 beside v1", `t=${NOW},v1=${good},v0=${"b".repeat(64)}`, "signed"],
    ["only v0", `t=${NOW},v0=${good}`, "malformed"],
    ["no scheme at all", "bad_header", "malformed"],
    ["no timestamp", `v1=${good}`, "malformed"],
    ["two timestamps", `t=${NOW - 900},t=${NOW},v1=${good}`, "malformed"],
    ["base64 instead of hex", `t=${NOW},v1=${v1(`${NOW}.${body}`, "base64")}`, "bad_signature"],
    ["the body alone", `t=${NOW},v1=${v1(body.toString())}`, "bad_signature"],
    [
      "the secret decoded as Svix does",
      `t=${NOW},v1=${v1(`${NOW}.${body}`, "hex", Buffer.from(TEST_SECRETS.stripe.slice(6), "base64").toString("latin1"))}`,
      "bad_signature",
    ],
  ])("%s", (_, value, expected) => expect(given(value)).toBe(expected));

  it("accepts an hour in the future, as Stripe's own check does", () => {
    expect(outcome("stripe", body, sign("stripe", body, { at: NOW + 3600 }))).toBe("signed");
  });
});

describe("telnyx signatures", () => {
  const body = bodyOf(telnyxEvent());
  const signature = (headers: HeaderPairs) => headers.find(([key]) => key === signatureHeader.telnyx)?.[1] as string;
  const good = signature(sign("telnyx", body, { at: NOW }));
  const given = (value: string, timestamp: string | undefined = String(NOW)) =>
    outcome("telnyx", body, [
      ["telnyx-signature-ed25519", value],
      ...(timestamp === undefined ? [] : [["telnyx-timestamp", timestamp] as const]),
    ]);

  it("refuses an HMAC: the scheme is Ed25519 [B10]", () => {
    expect(given(createHmac("sha256", TEST_SECRETS.telnyx).update(`${NOW}|${body}`).digest("base64"))).toBe(
      "malformed",
    );
  });
  it("refuses hex instead of base64", () =>
    expect(given(Buffer.from(good, "base64").toString("hex"))).toBe("malformed"));
  it("needs the timestamp", () => {
    expect(outcome("telnyx", body, [["telnyx-signature-ed25519", good]])).toBe("malformed");
  });
  it("is not confused by a key that is none", () => {
    const headers = sign("telnyx", body, { at: NOW });
    for (const key of ["not a key", "AAAA", "", "é", Buffer.alloc(31, 1).toString("base64")]) {
      expect(outcome("telnyx", body, headers, { secrets: [key] })).toBe("bad_signature");
      expect(outcome("telnyx", body, headers, { secrets: [key, configured.telnyx] })).toBe("signed");
    }
  });
});

describe("chatwoot signatures", () => {
  const body = bodyOf(chatwootEvent());
  const headers = sign("chatwoot", body, { at: NOW });

  it("needs the sha256= prefix", () => {
    expect(
      outcome(
        "chatwoot",
        body,
        replaceSignature(headers, "chatwoot", (value) => value.slice(7)),
      ),
    ).toBe("malformed");
  });
  it("refuses a signature of the body alone", () => {
    const alone = createHmac("sha256", TEST_SECRETS.chatwoot).update(body).digest("hex");
    expect(
      outcome(
        "chatwoot",
        body,
        replaceSignature(headers, "chatwoot", () => `sha256=${alone}`),
      ),
    ).toBe("bad_signature");
  });
  it("lets an old unsigned server in where an operator allowed it, and calls it unsigned", () => {
    const unsigned = sign("chatwoot", body, { at: NOW, unsigned: true });
    expect(outcome("chatwoot", body, unsigned)).toBe("unsigned");
    expect(findProvider("chatwoot")?.allowUnsignedVariable).toBe("CHATWOOT_ALLOW_UNSIGNED");
    for (const secrets of [[configured.chatwoot], []]) {
      const answer = providers.chatwoot?.verify(
        { method: "POST", path: "/", headers: unsigned, body },
        { secrets, allowUnsigned: true, now: NOW },
      );
      expect(answer).toMatchObject({ ok: true, request: { trust: "unsigned" } });
    }
  });
  it("still refuses a wrong signature there, and still calls a right one signed", () => {
    const wrong = sign("chatwoot", body, { at: NOW, tampered: true });
    expect(outcome("chatwoot", body, wrong, { allowUnsigned: true })).toBe("bad_signature");
    expect(outcome("chatwoot", body, headers, { allowUnsigned: true })).toBe("signed");
  });
});

describe("standard webhooks signatures", () => {
  const body = bodyOf(standardEvent());
  const seed = TEST_SECRETS.telnyx;
  const publicKey = `whpk_${publicKeyOf(seed)}`;
  const symmetric = sign("standard", body, { at: NOW, id: "msg_1" });
  const asymmetric = sign("standard", body, { at: NOW, id: "msg_1", secret: seed });
  const signatureIn = (from: HeaderPairs) => from.find(([key]) => key === "webhook-signature")?.[1] as string;
  const given = (value: string, secrets?: string[]) =>
    outcome(
      "standard",
      body,
      replaceSignature(symmetric, "standard", () => value),
      secrets && { secrets },
    );

  it("agrees with the example of the specification", () => {
    const example = Buffer.from('{"test": 2432232314}');
    const headers: HeaderPairs = [
      ["webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"],
      ["webhook-timestamp", "1614265330"],
      ["webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="],
    ];
    const context = { secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], now: 1614265330 };
    expect(outcome("standard", example, headers, context)).toBe("signed");
    expect(outcome("standard", Buffer.from('{"test":2432232314}'), headers, context)).toBe("bad_signature");
  });
  it("reads Svix's names of the headers, but never a mixture", () => {
    const svix = symmetric.map(([key, value]): [string, string] => [key.replace("webhook-", "svix-"), value]);
    const mixed = symmetric.map(([key, value]): [string, string] => [key.replace("webhook-id", "svix-id"), value]);
    expect(outcome("standard", body, svix)).toBe("signed");
    expect(outcome("standard", body, mixed)).toBe("malformed");
  });
  it("takes a secret without its prefix, and without padding", () => {
    const secret = Buffer.alloc(26, 3).toString("base64");
    const headers = sign("standard", body, { at: NOW, secret: `whsec_${secret}` });
    for (const key of [secret, `whsec_${secret}`, secret.replaceAll("=", ""), `whsec_${secret.replaceAll("=", "")}`]) {
      expect(outcome("standard", body, headers, { secrets: [key] })).toBe("signed");
    }
  });
  it("matches any signature of the list and skips unknown versions [B5]", () => {
    const wrong = `v1,${Buffer.alloc(32).toString("base64")}`;
    expect(given(`${wrong} v2,${wrong.slice(3)} ${signatureIn(symmetric)} ${wrong}`)).toBe("signed");
    expect(given(signatureIn(symmetric).replace("v1,", "v2,"))).toBe("bad_signature");
  });
  it("checks v1a with public keys and v1 with secrets, and never one with the other [B10]", () => {
    const both = `${signatureIn(symmetric)} ${signatureIn(asymmetric)}`;
    expect(given(signatureIn(asymmetric), [publicKey])).toBe("signed");
    expect(given(both, [publicKey])).toBe("signed");
    expect(given(both)).toBe("signed");
    expect(given(signatureIn(symmetric), [publicKey])).toBe("bad_signature");
    expect(given(signatureIn(asymmetric))).toBe("bad_signature");
    expect(given(signatureIn(asymmetric).replace("v1a,", "v1,"), [publicKey])).toBe("bad_signature");
  });
  it("does not use the public key as an HMAC key [B10]", () => {
    const digest = createHmac("sha256", Buffer.from(publicKey.slice(5), "base64"))
      .update(`msg_1.${NOW}.${body}`)
      .digest("base64");
    expect(given(`v1,${digest} v1a,${digest}`, [publicKey])).toBe("bad_signature");
  });
  it("refuses the secret used as text, and secrets of a few bytes [B7]", () => {
    const digest = createHmac("sha256", TEST_SECRETS.standard).update(`msg_1.${NOW}.${body}`).digest("base64");
    expect(given(`v1,${digest}`)).toBe("bad_signature");
    const short = sign("standard", body, { at: NOW, secret: "whsec_YWJj" });
    expect(outcome("standard", body, short, { secrets: ["whsec_YWJj"] })).toBe("bad_signature");
    expect(outcome("standard", body, short, { secrets: ["whsec_"] })).toBe("bad_signature");
  });
  it.each(["v1,", "v1", "v1a,", ",", "v1,dawfeoifkpqwoekfpqoekf", "v1,YWJj!!!"])("refuses %j", (value) => {
    expect(given(value)).toBe("bad_signature");
  });
  it("needs an id and a timestamp", () => {
    for (const missing of ["webhook-id", "webhook-timestamp"]) {
      expect(
        outcome(
          "standard",
          body,
          symmetric.filter(([key]) => key !== missing),
        ),
      ).toBe("malformed");
    }
  });
  it("checks no more than a few of many signatures", () => {
    const many = `${"v1a,".padEnd(90, "A")}== `.repeat(150);
    const big = Buffer.alloc(1 << 20, 0x20);
    const took = (signatures: string) => {
      const headers = replaceSignature(sign("standard", big, { at: NOW }), "standard", () => signatures);
      const started = performance.now();
      expect(outcome("standard", big, headers, { secrets: [publicKey] })).toBe("bad_signature");
      return performance.now() - started;
    };
    // Ten are checked, so it takes ten times as long as one at most, not 150 times. A ratio holds on a busy machine.
    const one = `${"v1a,".padEnd(90, "A")}==`;
    const ratios = [1, 2, 3, 4, 5].map(() => took(many) / took(one));
    expect(Math.min(...ratios)).toBeLessThan(30);
  });
});

describe("the registry", () => {
  it("knows each provider by its own slug", () => {
    for (const [slug, provider] of Object.entries(providers)) expect(provider.slug).toBe(slug);
  });
  it.each(["__proto__", "constructor", "toString", "hasOwnProperty", "", "STRIPE", "stripe/"])(
    "does not know %j",
    (slug) => {
      expect(findProvider(slug)).toBeUndefined();
    },
  );
});

describe("primitives", () => {
  it("decode strictly [B3]", () => {
    expect(decodeHex("00ff")).toEqual(Buffer.from([0, 255]));
    for (const text of ["", "0", "0g", "abzz11", "ab ", " ab", "ab\n", "0xab"]) expect(decodeHex(text)).toBeUndefined();
    expect(decodeBase64("YWJj")?.toString()).toBe("abc");
    for (const text of ["", "YWI", "YWI=\n", "YWJj!!!", "YWJ=", "YW Jj", "_-_-", "=", "YWJjé"])
      expect(decodeBase64(text)).toBeUndefined();
  });
  it("compare without throwing [B3]", () => {
    const digest = Buffer.alloc(32, 1);
    expect(sameDigest(digest, Buffer.alloc(32, 1))).toBe(true);
    for (const other of [undefined, Buffer.alloc(0), Buffer.alloc(31, 1), Buffer.alloc(33, 1), Buffer.alloc(32, 2)]) {
      expect(sameDigest(digest, other)).toBe(false);
    }
    expect(ed25519Verify(publicKeyOf(TEST_SECRETS.telnyx), Buffer.alloc(64), "x")).toBe(false);
    expect(ed25519Verify(publicKeyOf(TEST_SECRETS.telnyx), undefined, "x")).toBe(false);
  });
  it("read times", () => {
    expect(parseUnixTimestamp("1700000000")).toBe(1_700_000_000);
    for (const text of [undefined, "", "1.5", "+1", "1 ", "１２"]) expect(parseUnixTimestamp(text)).toBeUndefined();
    expect([-301, -300, 0, 300, 301].map((offset) => isStale(NOW + offset, NOW))).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
  });
});
