/** "Copy as curl": what a person pastes sends the very bytes that came, and nothing in it is run by the shell. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { curlCommand, quoted, type SentRequest } from "@/components/event-detail/curl";

const ORIGIN = "https://redrive.example";
const REQUEST: SentRequest = {
  id: "we_12",
  method: "POST",
  path: "/api/webhooks/standard",
  headers: [
    ["Host", "redrive.example"],
    ["content-type", "application/json"],
    ["webhook-signature", "[redacted]"],
  ],
  body_covered: false,
  body_cut: false,
  body_forgotten: null,
  redacted_at: null,
};

let place: string;
beforeEach(() => {
  place = mkdtempSync(path.join(tmpdir(), "curl-"));
  // In the place of curl: keeps what it was given, an argument a line, and what came through the pipe.
  const spy = `#!/bin/sh\nfor argument; do printf '%s\\0' "$argument"; done > '${place}/arguments'\ncat > '${place}/input'\n`;
  writeFileSync(path.join(place, "curl"), spy, { mode: 0o755 });
});
afterEach(() => rmSync(place, { recursive: true }));

/** What curl would get when the command is run by a real shell. */
function run(command: string, shell = "sh") {
  const env = { ...process.env, PATH: `${place}:${process.env.PATH}` };
  writeFileSync(path.join(place, "command"), command);
  execFileSync(shell, ["command"], { cwd: place, env, input: "" });
  const given = readFileSync(path.join(place, "arguments"), "utf8").split("\0").slice(0, -1);
  const data = given[given.indexOf("--data-binary") + 1];
  return {
    given,
    headers: given.flatMap((argument, at) => (given[at - 1] === "-H" ? [argument] : [])),
    body: data === "@-" ? readFileSync(path.join(place, "input")) : Buffer.from(data ?? ""),
    files: readdirSync(place).sort(),
  };
}

const HOSTILE = [
  `it's '"quoted"' \`touch a\` $(touch b) \${HOME} !! \\ \\n % * ? [x] {a,b} ~ # & | ; < >`,
  "'; touch c; '",
  "''''",
  "two\nlines\n\nand an end\n",
  "@/etc/passwd",
  "-d",
  "\\",
  "ünïcödé 😀 العربية",
  "bidi \u202e hidden",
  "carriage\rreturn, \u001b[31mred\u001b[0m",
];

describe("the body", () => {
  test.each(HOSTILE)("%j arrives as it is", (text) => {
    const ran = run(curlCommand(REQUEST, Buffer.from(text), ORIGIN));
    expect(ran.body.toString()).toBe(text);
    expect(ran.files).toEqual(["arguments", "command", "curl", "input"]);
  });

  test("that is too long for an argument arrives through a pipe", () => {
    const text = "x".repeat(200_000);
    expect(run(curlCommand(REQUEST, Buffer.from(text), ORIGIN)).body.toString() === text).toBe(true);
  });

  test("of any bytes arrives through a pipe", () => {
    const bytes = Buffer.from(Array.from({ length: 1024 }, (_, at) => at % 256));
    const command = curlCommand(REQUEST, bytes, ORIGIN);
    expect(command).toContain("base64 -d | curl");
    expect(run(command).body.equals(bytes)).toBe(true);
  });

  test("that is empty is left out", () => {
    expect(run(curlCommand(REQUEST, new Uint8Array(), ORIGIN)).given).not.toContain("--data-binary");
  });
});

describe("headers", () => {
  test("go along, but not those of the connection, and no secrets", () => {
    const command = curlCommand(REQUEST, Buffer.from("{}"), ORIGIN);
    expect(run(command).headers).toEqual(["content-type: application/json"]);
    expect(command).toContain("never stored: webhook-signature\n");
    expect(command).not.toContain("[redacted]");
  });

  test("that are hostile are inert, with their names", () => {
    const headers: [string, string][] = [
      ["x-note", `'$(touch a)'\``],
      ["x-empty", ""],
      ["x`touch b`'", "[redacted]"],
    ];
    const command = curlCommand({ ...REQUEST, headers }, Buffer.from("{}"), ORIGIN);
    const ran = run(command);
    expect(ran.headers).toEqual([`x-note: '$(touch a)'\``, "x-empty;", "content-type:"]);
    expect(ran.files).toEqual(["arguments", "command", "curl", "input"]);
    // An interactive zsh runs the text of a comment.
    expect(command.split("\n").filter((line) => line.startsWith("#"))).toEqual([
      "# we_12, as it was received",
      "# Left out, because signatures and credentials are never stored: 1 more",
      "# Without them the request is rejected. Sign it again, or replay the event instead",
    ]);
  });
});

test("a token in the path is to be put in, and curl expands nothing in it", () => {
  const request = { ...REQUEST, method: "GET", path: "/api/webhooks/mitto/[redacted]?[redacted]" };
  const { given } = run(curlCommand(request, new Uint8Array(), ORIGIN));
  expect(given).toContain(`${ORIGIN}/api/webhooks/mitto/REDACTED?REDACTED`);
  expect(given).toContain("--globoff");
  expect(given[given.indexOf("-X") + 1]).toBe("GET");
});

test.each(["sh", "bash"])("%s reads a quoted text as it is", (shell) => {
  for (const text of HOSTILE) {
    expect(execFileSync(shell, ["-c", `printf %s ${quoted(text)}`]).toString()).toBe(text);
  }
});
