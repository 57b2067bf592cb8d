/** Where code belongs, as far as no lint rule can check it. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { problemOf } from "@/app/api/problems";
import { Refusal } from "@/lib/refusals";

const ROOT = path.join(import.meta.dirname, "../..");
const filesOf = (folder: string) =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => path.join(folder, file));
const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");

test("app/api has routes, what they share, and the words for refusals, and nothing else", () => {
  const others = filesOf("app/api").filter((file) => path.basename(file) !== "route.ts");
  expect(others.filter((file) => file !== "app/api/handle.ts" && !file.startsWith("app/api/problems/"))).toEqual([]);
});

test("HTTP statuses of refusals are in app/api/problems alone", () => {
  // Files that handle HTTP themselves: the readers of requests, the webhook endpoint, and the WebSocket.
  const speaksHttp = /^lib\/(?:front|samples|client|boot)\/|^lib\/pipeline\/(?:accept|answer|wrong-address)\.ts$/;
  const files = [...filesOf("lib"), ...filesOf("app").filter((file) => path.basename(file) === "route.ts")];
  const stating = files.filter((file) => !speaksHttp.test(file) && /\bstatus: [45]\d\d\b/.test(read(file)));
  // Of a cron job's secret and of sign-in, whose answers are not problems of a refusal.
  expect(stating.sort()).toEqual(["app/api/auth/[...nextauth]/route.ts", "app/api/internal/worker/route.ts"]);
});

test("Every verb of a person takes who asks as its last argument", () => {
  const verbs = filesOf("lib/commands").flatMap((file) =>
    [...read(file).matchAll(/^export (?:async )?function (\w+)\(([\s\S]*?)\)(?:: [^{]+)? \{$/gm)].map(
      ([, name = "", parameters = ""]) => ({ name, last: parameters.trim().replace(/,$/, "") }),
    ),
  );
  expect(verbs.length).toBeGreaterThan(25);
  // Helpers of verbs, and the one verb whose link is the proof.
  const others = [
    ...["byArguments", "requireReplaySize", "requireSizeOf", "requireOneEach", "personId", "staffRefusal"],
    ...["subjectOf", "requireFitting", "openedSecrets", "draftRefusal"],
  ];
  const wrong = verbs.filter(
    ({ name, last }) =>
      ![...others, "acceptInvitation"].includes(name) && !/(?:by|\}): Actor(?:Context|AtOrigin)$/.test(last),
  );
  expect(wrong.map(({ name }) => name)).toEqual([]);
});

test("Queries change nothing: no function of theirs takes who asks and which request it is", () => {
  expect(filesOf("lib/queries").filter((file) => /p_request_id|p_actor\b/.test(read(file)))).toEqual([]);
});

test("A refusal is said with its data, and one without data as it is", () => {
  expect(problemOf(new Refusal("too_many", { matched: 6, limit: 4 }))).toMatchObject({
    status: 422,
    field: "limit",
    title: "The selection matches 6 events; a bulk replay takes at most 4.",
  });
  expect(problemOf(new Refusal("hourly_limit", { organisation: "77", used: 5, asked: 5, limit: 8 }))).toMatchObject({
    status: 429,
    title: "The merchant 77 may have 8 events replayed per hour.",
    headers: { "retry-after": "600" },
  });
  expect(problemOf(new Refusal("not_tried", { because: "trying", until: null }))).toMatchObject({
    status: 409,
    title: "A test delivery is under way.",
    detail: "The others follow when it succeeds. Wait for its result.",
  });
  expect(problemOf(new Refusal("no_such_replay"))).toEqual({
    status: 404,
    title: "There is no such replay.",
    detail: "Ids look like wr_123.",
  });
});
