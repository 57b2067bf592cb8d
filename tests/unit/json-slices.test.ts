import { expect, test } from "vitest";
import { elementsOf, membersOf } from "@/lib/providers/json-slices";

const texts = (members: Map<string, Buffer>) =>
  Object.fromEntries([...members].map(([name, json]) => [name, json.toString()]));

test("members are the bytes they stand in", () => {
  const json = ` {"id" : 9007199254740993 ,"a":1.10,"s":"}\\"],{","list":[ 1,{"x":"]"} ],"n":null\t,"\\u0064":{ } } `;
  expect(texts(membersOf(Buffer.from(json)))).toEqual({
    id: "9007199254740993",
    a: "1.10",
    s: '"}\\"],{"',
    list: '[ 1,{"x":"]"} ]',
    n: "null",
    d: "{ }",
  });
  expect(membersOf(Buffer.from("{}"))).toEqual(new Map());
  expect(texts(membersOf(Buffer.from('{"a":1,"a":[2]}')))).toEqual({ a: "[2]" });
  expect(texts(membersOf(Buffer.from('{"\\\\":"\\\\","ü":"é"}')))).toEqual({ "\\": '"\\\\"', ü: '"é"' });
});

test("elements are, too", () => {
  const json = `[1e3 , "a,b",[[]],{"x":[1,2]},true]`;
  expect(elementsOf(Buffer.from(json)).map(String)).toEqual(["1e3", '"a,b"', "[[]]", '{"x":[1,2]}', "true"]);
  expect(elementsOf(Buffer.from(" [ ] "))).toEqual([]);
});

test("whatever JSON.stringify writes is taken apart as JSON.parse reads it", () => {
  // A small generator with a fixed seed: the same texts on every run.
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const words = ["", "a", '"', "\\", "}", "]", ",", ":", "{[", "\n", "é", "😀", "\u0000"];
  const word = () => Array.from({ length: random(4) }, () => words[random(words.length)]).join("");
  const value = (depth: number): unknown => {
    const kind = random(depth > 3 ? 4 : 6);
    if (kind === 0) return word();
    if (kind === 1) return random(1000) - 500.5;
    if (kind === 2) return random(2) === 0;
    if (kind === 3) return null;
    if (kind === 4) return Array.from({ length: random(4) }, () => value(depth + 1));
    return Object.fromEntries(Array.from({ length: random(4) }, () => [word(), value(depth + 1)]));
  };
  for (let times = 0; times < 500; times++) {
    const object = Object.fromEntries(Array.from({ length: random(5) }, () => [word(), value(0)]));
    const bytes = Buffer.from(JSON.stringify(object, null, random(3)));
    const read = Object.fromEntries([...membersOf(bytes)].map(([name, json]) => [name, JSON.parse(json.toString())]));
    expect(read).toEqual(object);
    const list = Object.values(object);
    const elements = elementsOf(Buffer.from(JSON.stringify(list, null, random(3))));
    expect(elements.map((json) => JSON.parse(json.toString()))).toEqual(list);
  }
});
