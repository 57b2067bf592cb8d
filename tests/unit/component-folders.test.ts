/** The files and folders of components import each other in one direction. (That no feature imports another: biome.json.) */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../../components");

type Graph = Map<string, Set<string>>;

/** The imports of each file, by the names that `nameOf` gives to paths without their extension. */
function imports(nameOf: (file: string) => string): Graph {
  const graph: Graph = new Map();
  for (const file of readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name))) {
    const from = nameOf(file.replace(/\.tsx?$/, ""));
    const source = readFileSync(path.join(ROOT, file), "utf8");
    const targets = graph.get(from) ?? new Set();
    for (const [, target = ""] of source.matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)) {
      const to = nameOf(path.join(path.dirname(file), target));
      if (to !== from) targets.add(to);
    }
    graph.set(from, targets);
  }
  return graph;
}

/** What is left after repeatedly removing everything that imports nothing: the circles. */
function circlesOf(graph: Graph): string[] {
  const left = new Map(graph);
  const isFree = (name: string) => [...(left.get(name) ?? [])].every((target) => !left.has(target));
  for (let free = [...left.keys()].filter(isFree); free.length > 0; free = [...left.keys()].filter(isFree)) {
    for (const name of free) left.delete(name);
  }
  return [...left.keys()].sort();
}

test.each([
  ["folders", path.dirname],
  ["files", (file: string) => file],
])("component %s import each other without a circle", (_what, nameOf) => {
  const graph = imports(nameOf);
  expect(graph.size).toBeGreaterThan(10);
  expect(circlesOf(graph)).toEqual([]);
});
