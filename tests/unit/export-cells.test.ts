/** Cells of a CSV file that a spreadsheet would run as formulas, and files that are cut short. */
import { describe, expect, test } from "vitest";
import { cell, type Part, streamOf, type Taken } from "@/lib/queries/export-items";

describe("a cell", () => {
  test.each([
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.test")',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
  ])("%j is text to a spreadsheet", (value) => {
    expect(cell(value)).toBe(`"'${value.replaceAll('"', '""')}"`);
  });

  test.each(["plain", "1,5", 'with "quotes"', "a=b", ""])("%j stays as it is", (value) => {
    expect(cell(value)).toBe(`"${value.replaceAll('"', '""')}"`);
  });
});

const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/);

describe("a file", () => {
  const ends: Taken[] = [];
  const stream = (parts: AsyncGenerator<Part>) =>
    streamOf(parts, async (taken) => {
      ends.push({ ...taken });
    });

  async function* parts(count: number, fails = false): AsyncGenerator<Part> {
    for (let n = 0; n < count; n += 1) yield { text: "ä\n", rows: 1 };
    if (fails) throw new Error("the database is away");
  }

  test("that was read to its end tells rows and bytes, once", async () => {
    ends.length = 0;
    expect(await new Response(stream(parts(4))).text()).toBe("ä\n".repeat(4));
    expect(ends).toEqual([{ rows: 4, bytes: 12, sha256, complete: true }]);
  });

  test("whose reader went away tells what was made until then, once", async () => {
    ends.length = 0;
    const reader = stream(parts(1_000)).getReader();
    await reader.read();
    await reader.cancel();
    expect(ends).toHaveLength(1);
    expect(ends[0]).toMatchObject({ complete: false });
    expect(ends[0]?.rows).toBeLessThan(10);
  });

  test("that broke off is never called complete", async () => {
    ends.length = 0;
    await expect(new Response(stream(parts(2, true))).text()).rejects.toThrow("the database is away");
    expect(ends).toEqual([{ rows: 2, bytes: 6, sha256, complete: false }]);
  });
});
