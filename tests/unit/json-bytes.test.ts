/** The parts of a JSON text, byte for byte. */
import { describe, expect, it } from "vitest";
import { elementsOf, textMemberOf } from "@/lib/providers/json-bytes";

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
