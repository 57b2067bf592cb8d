/** A payload as the event page unfolds it: every literal as received, whatever its size. */
import { describe, expect, test } from "vitest";
import { hexDump } from "@/components/body/body";
import { pathOf, readableValue } from "@/components/body/json-copy";
import { jsonTree, MOST_NODES } from "@/components/body/json-tree";
import { firstOpen, visibleNodes } from "@/components/body/json-unfold";
import { findNodes, needleOf, splitByNeedle } from "@/components/event-detail/find-in-tree";
import { treeMove } from "@/components/event-detail/tree-keys";

const tree = (text: string) => jsonTree(text) ?? [];
const rows = (text: string) =>
  tree(text).map(
    (node) => `${node.level} ${node.key ?? "$"} ${node.size > 0 ? node.size : text.slice(node.from, node.to)}`,
  );

describe("nodes", () => {
  test("keep order, duplicates and every digit [D1]", () => {
    expect(rows('{"b": 9007199254740993, "a": [1.10, -0, 1E400, "x\\"y"], "b": {}, "n": null}')).toEqual([
      "1 $ 4",
      "2 b 9007199254740993",
      "2 a 4",
      "3 0 1.10",
      "3 1 -0",
      "3 2 1E400",
      '3 3 "x\\"y"',
      "2 b {}",
      "2 n null",
    ]);
  });

  test.each(["5", '"text"', "[]", "{}", "\ufeff[]", '{"":{"":1}}'])("of %s are as many as its values", (text) => {
    expect(rows(text)).toHaveLength(text.includes(":") ? 3 : 1);
  });

  test("are made of any depth, and of 20,000 values in no time", () => {
    const deep = tree("[".repeat(5_000) + "]".repeat(5_000));
    expect([deep.length, deep.at(-1)?.level]).toEqual([5_000, 5_000]);
    const many = JSON.stringify(Array.from({ length: 20_000 }, (_, at) => ({ id: `evt_${at}`, pad: "x".repeat(30) })));
    expect(tree(many)).toHaveLength(60_001);
    expect(jsonTree(`[${"1,".repeat(MOST_NODES)}1]`)).toBeNull();
  });
});

describe("what is drawn", () => {
  const text = JSON.stringify({ a: { b: { c: 1 } }, list: Array.from({ length: 1_000 }, (_, at) => at) });

  test("is what is unfolded", () => {
    const nodes = tree(text);
    expect(visibleNodes(nodes, new Set())).toEqual([0]);
    expect(visibleNodes(nodes, new Set([0]))).toEqual([0, 1, 4]);
    expect(visibleNodes(nodes, new Set([0, 1]))).toEqual([0, 1, 2, 4]);
    // Folded parents hide what is unfolded in them.
    expect(visibleNodes(nodes, new Set([0, 2]))).toEqual([0, 1, 4]);
  });

  test("is at first no more than asked for, and always the outermost level", () => {
    const nodes = tree(text);
    expect([...firstOpen(nodes, 100)]).toEqual([0]);
    expect([...firstOpen(nodes, 5_000)]).toEqual([0, 1, 4, 2]);
    expect([...firstOpen(tree(`[${"1,".repeat(500)}1]`), 100)]).toEqual([0]);
    expect([...firstOpen(tree("5"), 100)]).toEqual([]);
  });
});

describe("copying", () => {
  test.each([
    ['{"data":{"object":{"id":"x"}}}', 3, "$.data.object.id"],
    ['{"items":[{"a b":1}]}', 3, "$.items[0]['a b']"],
    [`{"it's \\\\ \\u202e":1}`, 1, "$['it\\'s \\\\ \\u202e']"],
    ['{"":1}', 1, "$['']"],
    ['{"1st":1}', 1, "$['1st']"],
    ['{"na\\u006de":1}', 1, "$.name"],
    ["[]", 0, "$"],
  ])("the path in %s at %i is %s", (text, index, path) => {
    expect(pathOf(tree(text), index)).toBe(path);
  });

  test("a string loses its quotes, all else is as received", () => {
    const text = '["a\\n\\u00e9", 12345678901234567890, {"b": 1.0}]';
    const nodes = tree(text);
    expect([1, 2, 3].map((index) => readableValue(text, nodes[index] as never))).toEqual([
      "a\né",
      "12345678901234567890",
      '{"b": 1.0}',
    ]);
  });
});

test("the keyboard walks what is drawn, unfolds, folds, and goes up to what holds a row", () => {
  const nodes = tree('{"a": [1, 2], "b": 3}');
  const at = (active: number, open: number[], key: string) => {
    const unfolded = new Set(open);
    return treeMove(key, { nodes, visible: visibleNodes(nodes, unfolded), open: unfolded, active });
  };
  expect(at(0, [0], "ArrowDown")).toEqual({ go: 1 });
  expect(at(1, [0], "ArrowDown")).toEqual({ go: 4 });
  expect(at(4, [0], "ArrowDown")).toEqual({ go: undefined });
  expect(at(4, [0, 1], "ArrowUp")).toEqual({ go: 3 });
  expect(at(1, [0], "ArrowRight")).toEqual({ unfold: true });
  expect(at(1, [0, 1], "ArrowRight")).toEqual({ go: 2 });
  expect(at(2, [0, 1], "ArrowRight")).toEqual({ go: undefined });
  expect(at(2, [0, 1], "ArrowLeft")).toEqual({ go: 1 });
  expect(at(1, [0, 1], "ArrowLeft")).toEqual({ unfold: false });
  expect(at(0, [], "ArrowLeft")).toEqual({ go: undefined });
  expect(at(2, [0, 1], "Home")).toEqual({ go: 0 });
  expect(at(0, [0], "End")).toEqual({ go: 4 });
  expect(at(1, [0], "Enter")).toEqual({ unfold: true });
  expect(at(1, [0], "j")).toBeNull();
});

test("a search finds names and values, whatever their case, and takes every character literally [D13]", () => {
  const text = '{"Name": "Ada (1)", "list": [{"name": 1}], "x": "NAME"}';
  const find = (search: string) => findNodes(text, tree(text), needleOf(search) as RegExp);
  expect(find("name")).toEqual([1, 4, 5]);
  expect(find("(1)")).toEqual([1]);
  expect(find(".*")).toEqual([]);
  // Items of a list are matches themselves, not the list.
  expect(find('"name"')).toEqual([5]);
  expect(splitByNeedle("aXbxc", needleOf("x") as RegExp)).toEqual(["a", "X", "b", "x", "c"]);
  expect(needleOf("")).toBeNull();
});

test("hex has offsets, sixteen bytes a line, and only letters that are plain ASCII", () => {
  const bytes = Uint8Array.from([...Array.from({ length: 16 }, (_, at) => at + 0x3a), 0x00, 0x1b, 0xff]);
  expect(hexDump(bytes)).toBe(
    [
      "000000  3a 3b 3c 3d 3e 3f 40 41 42 43 44 45 46 47 48 49  :;<=>?@ABCDEFGHI",
      `000010  00 1b ff${" ".repeat(39)}  ···`,
    ].join("\n"),
  );
});
