/**
 * Unexpected bodies, headers and ids that a sender may really send: each is validly signed, stored once, byte for byte, and
 * named correctly. Requests that are only rejected are in providers.test.ts.
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accept } from "@/lib/pipeline/accept";
import { chatwootEvent } from "@/lib/providers/chatwoot/sample";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { getEvent, listEvents } from "@/lib/queries/events";
import { bodyOf } from "@/lib/samples/ids";
import { EVERYTHING } from "@/lib/scope";
import { sign } from "../fixtures/sign";
import { storedBody } from "../support/bodies";
import { type Desk, eventIdIn, openDesk, send } from "../support/desk";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

let count = 0;

/** Sends bytes as a Standard Webhook with additional headers; returns the row. */
async function stored(body: Buffer, headers: [string, string][] = [], id = `msg_bad_${++count}`) {
  const signed = sign("standard", body, { id }).filter(
    ([name]) => !headers.some(([other]) => other.toLowerCase() === name.toLowerCase()),
  );
  const answer = await accept({
    method: "POST",
    path: "/api/webhooks/standard",
    headers: [...signed, ...headers],
    body,
  });
  expect(answer.status).toBe(200);
  const [row] = await desk.sql`
    select *, encode(body_sha256, 'hex') as sha256 from events where id = ${eventIdIn(answer)}`;
  expect(await storedBody(desk.sql, eventIdIn(answer))).toEqual(body);
  expect(row?.sha256).toBe(createHash("sha256").update(body).digest("hex"));
  return row as Record<string, unknown>;
}

const german = Buffer.from('{"note":"für Zoë"}', "latin1");
/** 日本 in Shift-JIS. */
const shiftJis = Buffer.concat([Buffer.from('{"note":"'), Buffer.from([0x93, 0xfa, 0x96, 0x7b]), Buffer.from('"}')]);

describe("an encoding that is not UTF-8 is kept byte for byte [C6]", () => {
  test.each([
    ["UTF-16LE", Buffer.from('\ufeff{"a":1}', "utf16le"), "application/json; charset=utf-16le"],
    ["UTF-16BE", Buffer.from('\ufeff{"a":1}', "utf16le").swap16(), "application/json; charset=utf-16"],
    ["Shift-JIS", shiftJis, "application/json; charset=shift_jis"],
    ["Latin-1", german, "application/json; charset=iso-8859-1"],
  ])("%s", async (_name, body, type) => {
    const row = await stored(body, [["content-type", type]]);
    expect(["invalid_utf8", "not_json", "nul_character"]).toContain(row.parse_status);
    expect(row.payload).toBeNull();
  });
});

describe("a value that is no object is an event of an unknown type [C8]", () => {
  test.each([" \t\r\n", "null", "true", '"str"', "123", "[]", "-0"])("%j", async (text) => {
    expect(await stored(Buffer.from(text))).toMatchObject({ event_type: "unknown" });
  });
});

describe("broken JSON is stored and called so [C9]", () => {
  test.each(['{"a":1', '{"a":1,}', '{"a":1} // why', '{"a":NaN}', '{"a":1}{"b":2}', '{"a":1}\n{"b":2}\n', "{'a':1}"])(
    "%j",
    async (text) => {
      expect(await stored(Buffer.from(text))).toMatchObject({ parse_status: "invalid_json", payload: null });
    },
  );
});

const xxe = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>';

describe("what is not JSON is stored, and nothing in it is resolved [C10]", () => {
  test.each([
    ["a form, as Twilio sends", Buffer.from("Body=hi&From=%2B15550100"), "application/x-www-form-urlencoded"],
    [
      "a form with JSON, as Slack sends",
      Buffer.from("payload=%7B%22type%22%3A%22x%22%7D"),
      "application/x-www-form-urlencoded",
    ],
    [
      "multipart",
      Buffer.from('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n'),
      "multipart/form-data; boundary=b",
    ],
    ["XML with an entity", Buffer.from(xxe), "application/xml"],
    ["CBOR", Buffer.from("a161610161626178", "hex"), "application/cbor"],
    ["protobuf", Buffer.from("0a05000102ff7f", "hex"), "application/x-protobuf"],
    ["a PDF", Buffer.from("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "latin1"), "application/pdf"],
  ])("%s", async (_name, body, type) => {
    const row = await stored(body, [["content-type", type]]);
    expect(row.payload).toBeNull();
    expect(row).toMatchObject({ event_type: "unknown", content_type: type });
  });
});

test.each([
  [[]],
  ["text/html"],
  ["application/json; x=".padEnd(5_000, "y")],
  ["\u00e9"],
  ["application/json, text/html"],
])("the content type %.20j changes nothing [C11]", async (type) => {
  const body = Buffer.from(`{"type":"note.added","n":${++count}}`);
  const id = `msg_type_${count}`;
  const others = sign("standard", body, { id }).filter(([name]) => !/content-type/i.test(name));
  const headers = Array.isArray(type) ? others : [...others, ["content-type", type] as [string, string]];
  const answer = await accept({ method: "POST", path: "/api/webhooks/standard", headers, body });
  expect(answer.status).toBe(200);
  const [row] = await desk.sql`select payload, event_type from events where id = ${eventIdIn(answer)}`;
  expect(row).toMatchObject({ event_type: "note.added", payload: { type: "note.added" } });
  expect(await storedBody(desk.sql, eventIdIn(answer))).toEqual(body);
});

describe("a compressed body is kept as it came [C12] [C13]", () => {
  const plain = Buffer.from('{"type":"note.added"}');
  const bomb = gzipSync(gzipSync(Buffer.alloc(300 * 1024 * 1024)));
  test.each([
    ["gzip", gzipSync(plain), "gzip"],
    ["a bomb of 300 MB", bomb, "gzip, gzip"],
    ["a header that lies", plain, "gzip"],
    ["an encoding that is none", plain, "x-own"],
    ["br", Buffer.from("8b0a80", "hex"), "br"],
    ["zstd", Buffer.from("28b52ffd0400", "hex"), "zstd"],
  ])("%s", async (_name, body, encoding) => {
    const before = process.memoryUsage.rss();
    const row = await stored(body, [["content-encoding", encoding]]);
    const seen = await getEvent(`we_${row.id}`, EVERYTHING);
    expect(JSON.stringify(seen).length).toBeLessThan(body.length * 8 + 20_000);
    expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(60);
  });
});

test("headers whose names repeat, or that every object has, stay pairs in their order [C17] [S52]", async () => {
  const odd: [string, string][] = [
    ["X-Twice", "one"],
    ["x-twice", "two"],
    ["__proto__", "polluted"],
    ["constructor", "polluted"],
    ["toString", "polluted"],
  ];
  const row = await stored(Buffer.from('{"type":"note.added"}'), odd);
  expect(row.headers).toEqual(expect.arrayContaining(odd));
  expect((row.headers as unknown[]).slice(-odd.length)).toEqual(odd);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

describe("an id with a dot cannot be read as another id and time [B21]", () => {
  const body = Buffer.from('{"type":"note.added"}');
  const at = Math.floor(Date.now() / 1000);

  test("it is taken as it is", async () => {
    expect(await stored(body, [], "msg.with.dots")).toMatchObject({ event_key: "msg.with.dots" });
  });

  test("and shifted into the time it is refused", async () => {
    const [, , ...rest] = sign("standard", body, { id: `a.${at}`, at });
    const signature = rest.find(([name]) => name === "webhook-signature") as [string, string];
    for (const [id, timestamp] of [
      ["a", `${at}.${at}`],
      ["a", String(at)],
      [`a.${at}.`, String(at)],
    ] as const) {
      const headers: [string, string][] = [["webhook-id", id], ["webhook-timestamp", timestamp], signature];
      const answer = await accept({ method: "POST", path: "/api/webhooks/standard", headers, body });
      expect(answer.status).toBe(401);
    }
  });
});

test("a test event is stored and says that it is one [B24]", async () => {
  const [live, trial] = [await send("stripe", stripeEvent()), await send("stripe", stripeEvent({ livemode: false }))];
  const rows = await desk.sql`
    select livemode from events where id in (${eventIdIn(live)}, ${eventIdIn(trial)}) order by id`;
  expect(rows.map(({ livemode }) => livemode)).toEqual([true, false]);
});

describe("types and ids of any shape harm no list and no page [D9]", () => {
  const odd: unknown[] = [{}, [], 7, null, true, "", "a\nb", "x".repeat(10_000), { toString: 1 }];
  test.each(odd.map((value) => [JSON.stringify(value).slice(0, 30), value]))("%s", async (_name, value) => {
    const row = await stored(bodyOf({ type: value, id: value, data: { id: value }, timestamp: value, n: ++count }));
    expect(String(row.event_type).length).toBeLessThanOrEqual(255);
    const { events } = await listEvents({}, { limit: 50 }, EVERYTHING);
    expect(events.map(({ id }) => id)).toContain(`we_${row.id}`);
    expect((await getEvent(`we_${row.id}`, EVERYTHING))?.event_type).toBe(row.event_type);
  });
});

test("prototype names in a body, a header and a nested key change nothing of ours [D3] [S52]", async () => {
  const text =
    '{"type":"x","__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"a":{"__proto__":{"admin":1}}}';
  const row = await stored(Buffer.from(text));
  await getEvent(`we_${row.id}`, EVERYTHING);
  await send("chatwoot", { ...chatwootEvent(), __proto__x: 1 });
  expect(({} as Record<string, unknown>).admin).toBeUndefined();
  expect(Object.prototype).not.toHaveProperty("admin");
});
