import { describe, expect, test } from "vitest";
import { z } from "zod";
import { eventId } from "@/lib/contract/api/values";
import { type IdKind, numberInId, parseFullId, parseId, printBulkReplayId, printId } from "@/lib/contract/ids";

const KINDS: IdKind[] = ["event", "replay", "attempt", "destination", "source", "token", "session", "view"];

describe.each(KINDS)("the id of a %s", (kind) => {
  test("is read as it was printed, and its number alone will do", () => {
    const id = printId(kind, 12);
    expect([parseId(kind, id), parseFullId(kind, id), numberInId(id)]).toEqual([12, 12, 12]);
    expect([parseId(kind, "12"), parseFullId(kind, "12")]).toEqual([12, undefined]);
  });

  test("is not the id of something else, nor what only resembles one", () => {
    for (const other of KINDS.filter((one) => one !== kind)) expect(parseId(kind, printId(other, 12))).toBeUndefined();
    const id = printId(kind, 12);
    for (const wrong of [
      "",
      " 12",
      "-1",
      "1.5",
      "1e3",
      `${id} `,
      `${id}\n`,
      id.toUpperCase(),
      id.slice(0, 3),
      `x${id}`,
    ]) {
      expect(parseId(kind, wrong), JSON.stringify(wrong)).toBeUndefined();
    }
  });

  test("has as many digits as JavaScript counts exactly", () => {
    expect(parseId(kind, printId(kind, 999_999_999_999_999))).toBe(999_999_999_999_999);
    expect(parseId(kind, "1000000000000000")).toBeUndefined();
  });
});

test("a bulk replay has the same number under its other name", () => {
  expect(printBulkReplayId(12)).toBe("br_12");
  expect(parseId("replay", "br_12")).toBe(parseId("replay", "wr_12"));
});

test("the API's documents show the same pattern as the one that requests are read with", () => {
  expect(z.toJSONSchema(eventId, { io: "input" })).toMatchObject({ pattern: "^(we_)?\\d{1,15}$" });
});
