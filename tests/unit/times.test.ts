/** The ways in which providers write a time. */
import { describe, expect, it } from "vitest";
import { timeFrom } from "@/lib/providers/shape";

const TIME = "2026-11-29T13:08:04Z";

describe("a time", () => {
  it.each([
    ["with a zone", "2026-11-29T14:08:04+01:00"],
    ["with a zone without a colon", "2026-11-29T14:08:04+0100"],
    ["without a zone is UTC", "2026-11-29T13:08:04"],
    ["as Ruby prints it", "2026-11-29 13:08:04 UTC"],
    ["with a space, without a zone", "2026-11-29 13:08:04"],
    ["of an e-mail", "Sun, 29 Nov 2026 13:08:04 +0000"],
    ["of an HTTP header", "Sun, 29 Nov 2026 13:08:04 GMT"],
    ["in unix seconds", 1_795_957_684],
    ["in unix milliseconds", 1_795_957_684_000],
    ["in the digits of unix seconds", "1795957684"],
    ["in the digits of unix milliseconds", "1795957684000"],
  ])("%s", (_, written) => {
    const time = timeFrom(written);
    expect(time && new Date(time).toISOString()).toBe(new Date(TIME).toISOString());
  });

  it("keeps its microseconds", () => {
    expect(timeFrom("2026-11-29 13:08:04.123456 UTC")).toBe("2026-11-29T13:08:04.123456Z");
    expect(timeFrom("2026-11-29T13:08:04.1234567Z")).toBe("2026-11-29T13:08:04.123456Z");
  });

  it.each([
    "",
    "yesterday",
    "2026-11-29",
    "29/11/2026 13:08",
    "13",
    "2026-13-45 99:99:99",
    {},
    null,
    true,
    Number.NaN,
    -5,
  ])("is not %j", (written) => expect(timeFrom(written)).toBeUndefined());
});
