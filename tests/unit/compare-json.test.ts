import { expect, test } from "vitest";
import { differences } from "@/components/body/compare-json";

test("Two versions of an event are compared value by value, as they were received", () => {
  const here = '{"id":"evt_1","amount":1.10,"big":9007199254740993,"lines":[{"sku":"a"},{"sku":"b"}],"gone":null}';
  const there = '{"big":9007199254740992,"id":"evt_1","amount":1.1,"lines":[{"sku":"a"}],"new":{}}';
  expect(differences(here, there)).toEqual([
    { path: "$.amount", here: "1.10", there: "1.1" },
    { path: "$.big", here: "9007199254740993", there: "9007199254740992" },
    { path: "$.lines[1].sku", here: '"b"', there: null },
    { path: "$.gone", here: "null", there: null },
    { path: "$.new", here: null, there: "{}" },
  ]);
});

test("Bodies that differ in spacing and order alone have no different values", () => {
  expect(differences('{"a":1,"b":[true]}', '{ "b": [ true ],\n "a": 1 }')).toEqual([]);
});

test("Bodies with too many values are compared as bytes only, and long lists of differences are cut", () => {
  const list = (from: number, count: number) => JSON.stringify(Array.from({ length: count }, (_, n) => from + n));
  expect(differences(list(0, 30_000), list(1, 30_000))).toBeNull();
  expect(differences(list(0, 1_000), list(1, 1_000), 50)).toHaveLength(50);
});
