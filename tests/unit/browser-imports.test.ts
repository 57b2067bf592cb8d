/** What the browser loads: no schema. Types that are inferred from one cost it nothing, as long as they are imported as types. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../..");

test("nothing that runs in the browser loads Zod, or a schema of the API", () => {
  const roots = ["components", "lib/client", "app"].flatMap(filesIn).filter(isForBrowser);
  expect(roots.length).toBeGreaterThan(100);
  const reached = reachedFrom(roots);
  expect([...reached].filter((name) => name === "zod" || name.startsWith("lib/contract/api/"))).toEqual([]);
}, 60_000);

test("an import counts as one unless it is of types alone", () => {
  const source = `import { a } from "./value"; import type { B } from "./type"; import { type C } from "./named";
    export { d } from "./again"; export type { E } from "./again-type"; const f = () => import("./later");`;
  expect(importsOf(source)).toEqual(["./value", "./again", "./later"]);
});

/** Every module that the files load, and those that these load: files by their path in the repository, packages by name. */
function reachedFrom(files: readonly string[]): Set<string> {
  const reached = new Set(files);
  for (const file of reached) {
    if (!existsSync(path.join(ROOT, file))) continue;
    for (const name of importsOf(readFileSync(path.join(ROOT, file), "utf8"))) reached.add(moduleAt(name, file));
  }
  return reached;
}

function importsOf(source: string): string[] {
  const { statements } = ts.createSourceFile("file.tsx", source, ts.ScriptTarget.Latest, false, ts.ScriptKind.TSX);
  const loaded = statements.flatMap((node) => {
    if (ts.isImportDeclaration(node)) return isOfTypes(node.importClause) ? [] : [node.moduleSpecifier];
    return ts.isExportDeclaration(node) && !node.isTypeOnly && node.moduleSpecifier ? [node.moduleSpecifier] : [];
  });
  const later = [...source.matchAll(/\bimport\(\s*"([^"]+)"/g)].map((match) => match[1] as string);
  return [...loaded.map((name) => (ts.isStringLiteral(name) ? name.text : "")), ...later];
}

function isOfTypes(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.isTypeOnly) return true;
  const named = clause.namedBindings;
  return (
    !clause.name && named !== undefined && ts.isNamedImports(named) && named.elements.every((one) => one.isTypeOnly)
  );
}

function moduleAt(name: string, from: string): string {
  if (!name.startsWith("@/") && !name.startsWith(".")) return name;
  const bare = name.startsWith("@/") ? name.slice(2) : path.join(path.dirname(from), name);
  const found = [".ts", ".tsx", "/index.ts", "/index.tsx", ""].find((end) => existsSync(path.join(ROOT, bare + end)));
  return found === undefined ? bare : bare + found;
}

function filesIn(directory: string): string[] {
  const files = readdirSync(path.join(ROOT, directory), { recursive: true, encoding: "utf8" });
  return files.filter((file) => /\.tsx?$/.test(file)).map((file) => path.join(directory, file));
}

/** Marked for the browser, or in lib/client. Their imports run in the browser, too. */
function isForBrowser(file: string): boolean {
  return file.startsWith("lib/client/") || /^["']use client["']/m.test(readFileSync(path.join(ROOT, file), "utf8"));
}
