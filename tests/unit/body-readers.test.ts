/** There is one reader of bodies for routes and one for our server. A second one would be a body without a cap. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { checkJsonShape } from "@/lib/front/http/json-shape";
import { mayDrawReference } from "@/lib/front/reference-limit";

const ROOT = path.resolve(import.meta.dirname, "../..");
const READERS = ["lib/front/http/read-body.ts", "lib/pipeline/accept-from-next.ts", "lib/pipeline/read-body.ts"];
/** Reads of a request's body, under any name a request has in this project. */
const READS =
  /\b(?:request|req|context\.request|incoming|checked)\s*\.\s*(?:json|text|formData|arrayBuffer|blob|bytes|body)\b(?!\s*\.length)/;

/** Our own requests to others, and the pipeline's requests, whose bodies were already read. */
const BYTES_ALREADY = /^lib\/(?:pipeline|providers|destinations|outbound|samples|client)\//;

test("Nothing but the one reader reads the body of a request [S50]", () => {
  const files = ["app", "lib", "components"].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
  );
  const sources = [...files, "server.ts", "middleware.ts", "instrumentation.ts"].filter(
    (file) => /\.tsx?$/.test(file) && !READERS.includes(file) && !BYTES_ALREADY.test(file),
  );
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.filter((file) => READS.test(readFileSync(path.join(ROOT, file), "utf8")))).toEqual([]);
});

test("JSON that is too deep or too wide is refused by its bytes, and strings are no structure [S50]", () => {
  const refused = (text: string) => expect(() => checkJsonShape(Buffer.from(text)), text.slice(0, 20));
  refused("[".repeat(65) + "]".repeat(65)).toThrow(/not valid/);
  refused('{"a":'.repeat(500_000)).toThrow(/not valid/);
  refused(`[${"0,".repeat(10_000)}0]`).toThrow(/not valid/);
  refused("[".repeat(64) + "]".repeat(64)).not.toThrow();
  refused(JSON.stringify({ text: '[[[{{{,,,"\\'.repeat(5_000) })).not.toThrow();
});

test("A page that costs much to draw cannot be asked for without end, by anybody [S50]", () => {
  const now = Date.parse("2026-11-29T12:00:00Z");
  const drawn = Array.from({ length: 100 }, () => mayDrawReference(now)).filter(Boolean);
  expect(drawn).toHaveLength(10);
  expect(mayDrawReference(now + 2_000)).toBe(true);
  expect(mayDrawReference(now + 2_001)).toBe(false);
});
