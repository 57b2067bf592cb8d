/**
 * `npm run check:words`: no text that people read has a word of the left column of CONTRIBUTING.md's glossary.
 * Texts are string literals and JSX of app, components and lib, and quoted strings of supabase/schemas.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

export interface Finding {
  file: string;
  line: number;
  word: string;
  text: string;
}

/** Phrases in which a word of the left column is correct. */
const ALLOWED = [/\blooks? like\b/i, /\blook for\b/i, /\blook-up\b/i];

const ROOT = path.resolve(import.meta.dirname, "../..");

if (process.argv[1] === import.meta.filename) {
  const words = glossaryOf(readFileSync(path.join(ROOT, "CONTRIBUTING.md"), "utf8"));
  const files = ["app", "components", "lib", "supabase/schemas", "middleware.ts"].flatMap(filesUnder);
  const findings = files.flatMap((file) => findingsIn(file, readFileSync(path.join(ROOT, file), "utf8"), words));
  for (const { file, line, word, text } of findings) {
    console.error(`${file}:${line}: "${word}" is in the glossary's left column: ${text}`);
  }
  if (findings.length > 0)
    console.error(`\n${findings.length} to say plainly. The words to use: CONTRIBUTING.md, Glossary.`);
  process.exitCode = findings.length > 0 ? 1 : 0;
}

/** The left column of the table under "## Glossary"; a cell may list several words, separated by commas. */
export function glossaryOf(markdown: string): string[] {
  const section = /\n## Glossary\n([\s\S]*?)(?=\n## |$)/.exec(markdown)?.[1] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("|"));
  const words = rows.slice(2).flatMap((row) => (row.split("|")[1] ?? "").split(",").map((word) => word.trim()));
  if (words.length === 0) throw new Error("CONTRIBUTING.md has no glossary.");
  return words;
}

/** The texts of one file that have one of the words, as whole words in any case. */
export function findingsIn(file: string, source: string, words: string[]): Finding[] {
  const wrong = new RegExp(`\\b(?:${words.join("|")})\\b`, "i");
  const texts = file.endsWith(".sql") ? textsOfSql(source) : textsOfTypeScript(file, source);
  return texts.flatMap(({ line, text }) => {
    const word = wrong.exec(ALLOWED.reduce((rest, allowed) => rest.replace(allowed, ""), text))?.[0];
    return word ? [{ file, line, word, text: text.replace(/\s+/g, " ").trim() }] : [];
  });
}

function textsOfTypeScript(file: string, source: string): { line: number; text: string }[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const texts: { line: number; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isJsxAttribute(node) && node.name.getText() === "className") return;
    const isText = ts.isJsxText(node) || ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node);
    // One word alone is a key of the program, except where React shows it.
    if (isText && (/\s/.test(node.text.trim()) || ts.isJsxText(node) || isShown(node))) {
      texts.push({ line: tree.getLineAndCharacterOfPosition(node.getStart()).line + 1, text: node.text });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return texts;
}

/** A label or a title, as an attribute or a property. */
function isShown({ parent }: ts.Node): boolean {
  const named = ts.isJsxAttribute(parent) || ts.isPropertyAssignment(parent) ? parent.name.getText() : "";
  return /^(label|title|heading|name|meaning|placeholder|alt|aria-label|summary|hint|check)$/.test(named);
}

/** Quoted sentences. */
function textsOfSql(source: string): { line: number; text: string }[] {
  return source.split("\n").flatMap((row, index) => {
    const code = row.replace(/--.*$/, "");
    return [...code.matchAll(/'([A-Z{](?:[^']|'')*\s(?:[^']|'')*)'/g)].map((match) => ({
      line: index + 1,
      text: match[1] ?? "",
    }));
  });
}

function filesUnder(where: string): string[] {
  if (path.extname(where)) return [where];
  return readdirSync(path.join(ROOT, where), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(tsx?|sql)$/.test(file) && !file.endsWith("database.types.ts"))
    .map((file) => path.join(where, file))
    .sort();
}
