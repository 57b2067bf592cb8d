/** The parts of a JSON text, byte for byte. */
import { describe, expect, it } from "vitest";
import { elementsOf, membersOf, textMemberOf } from "@/lib/providers/json-bytes";

const split = (json: string, most = 100) => elementsOf(Buffer.from(json), most)?.map(String);

describe("elements of an array", () => {
  it.each([
    ["[]", []],
    [" [ ] \n", []],
    ['[{"a": 1},{"b":2}]', ['{"a": 1}', '{"b":2}']],
    ['\t[ {"a":[1,{"b":"],["}]} ,\r\n 7 ,"x,\\"]" ]', ['{"a":[1,{"b":"],["}]}', "7", '"x,\\"]"']],
    ['["\\\\",{"é":"\\u0000"}]', ['"\\\\"', '{"é":"\\u0000"}']],
  ])("of %j", (json, elements) => {
    expect(split(json)).toEqual(elements);
  });
  it.each(['{"a":1}', "[1", "[1,]", "[,1]", "[1}", "[[1]", "[1]]", "[1] 2", '["a', '["a\\', "", "null"])(
    "are none in %j",
    (json) => {
      expect(split(json)).toBeUndefined();
    },
  );
  it("are not looked for beyond a limit", () => {
    expect(split("[1,2,3]", 3)).toHaveLength(3);
    expect(split("[1,2,3,4]", 3)).toBeUndefined();
  });
  it("are what JSON.parse finds, whatever they are", () => {
    const values = [
      null,
      true,
      -1.5e3,
      'a,]"\\',
      [],
      {},
      [[[{ "]": "[" }]]],
      { a: { b: [1, 2, "}"] } },
      "\u2028 é \ud83d\ude00",
    ];
    for (const [n, first] of values.entries()) {
      const list = [...values.slice(n), first];
      for (const space of [undefined, 2, "\t"]) {
        expect(split(JSON.stringify(list, null, space))?.map((part) => JSON.parse(part))).toEqual(list);
      }
    }
  });
});

describe("a member of an object", () => {
  const read = (json: string) => textMemberOf(Buffer.from(json), "secret_key");
  it.each([
    ['{"secret_key":"s"}', "s"],
    ['{ "a" : {"secret_key":"inner"} , "secret_key" : "s\\u00e9" }', "sé"],
    ['{"secret_key":"first","secret_key":"last"}', "last"],
    ['{"secret\\u005fkey":"s"}', "s"],
    ['{"secret_key":7}', undefined],
    ['{"secret_key":"s","secret_key":7}', undefined],
    ['{"a":"secret_key"}', undefined],
    ['{"a":"\\"secret_key\\":\\"s\\""}', undefined],
    ['[{"secret_key":"s"}]', undefined],
    ['{"secret_key":"s"', undefined],
    ['{"secret_key":}', undefined],
    ["{}", undefined],
    ["", undefined],
  ])("of %j", (json, text) => {
    expect(read(json)).toBe(text);
  });
});

const texts = (members: Map<string, Buffer>) =>
  Object.fromEntries([...members].map(([name, json]) => [name, json.toString()]));

it("members are the bytes they stand in", () => {
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

it("whatever JSON.stringify writes is taken apart as JSON.parse reads it", () => {
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
    const elements = elementsOf(Buffer.from(JSON.stringify(list, null, random(3)))) ?? [];
    expect(elements.map((json) => JSON.parse(json.toString()))).toEqual(list);
  }
});
