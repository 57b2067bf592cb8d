import { describe, expect, test } from "vitest";
import { findingsIn, glossaryOf } from "../tools/plain-english";

const words = glossaryOf(
  "# X\n\n## Glossary\n\n| not | but |\n| --- | --- |\n| door, doors | endpoint |\n| tick | select |\n\n## Y\n",
);
const wordsIn = (file: string, source: string) => findingsIn(file, source, words).map(({ line, word }) => [line, word]);

describe("the glossary's left column", () => {
  test("is every word of the table, and a missing table is an error", () => {
    expect(words).toEqual(["door", "doors", "tick"]);
    expect(() => glossaryOf("# Nothing here")).toThrow("no glossary");
  });

  test("is found in what React shows: text, labels, templates", () => {
    expect(wordsIn("a.tsx", "export const A = () => <p>Look at\n the door</p>;")).toEqual([[1, "door"]]);
    expect(wordsIn("a.tsx", 'const a = <B label="Door" className="door knob" />;')).toEqual([[1, "Door"]]);
    expect(wordsIn("a.ts", ["const a = `", "{n} doors are open`;"].join("$"))).toEqual([[1, "doors"]]);
    expect(wordsIn("a.ts", '\nthrow new Error("No such door.");')).toEqual([[2, "door"]]);
  });

  test("is no matter of code, of parts of words, and of comments", () => {
    expect(wordsIn("a.ts", 'import { a } from "./door words";\nconst door = doors["door"]; // the door')).toEqual([]);
    expect(wordsIn("a.ts", 'const a = "An indoor doorbell and a ticket";')).toEqual([]);
  });

  test("is found in the sentences of SQL", () => {
    expect(wordsIn("a.sql", "-- 'The door is open'\nselect 'The door is open', 'door'")).toEqual([[2, "door"]]);
  });
});
