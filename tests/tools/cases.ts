/**
 * `npm run cases -- <folder>` posts webhooks as others got them to a started app, and prints a line for each: right, or what
 * is wrong. The folder has files `P01.json` and so on, see cases/case.ts. Exit 0: all are right; 1: some are not.
 */

import { TEST_SECRETS } from "../fixtures/sign";
import { buildRequest, type Case, readCases } from "./cases/case";
import { EXPECTED, type Seen } from "./cases/checks";
import { type Desk, openCaseDesk } from "./cases/desk";
import { ToolError } from "./requests";

/** The fields of an event that a case may say as they are. */
const AS_IT_IS = ["event_type", "status", "object_id", "livemode", "occurred_at"];

try {
  process.exitCode = await run(process.argv[2], process.argv.slice(3));
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function run(folder: string | undefined, only: string[]): Promise<number> {
  if (folder === undefined) throw new ToolError("npm run cases -- <folder> [P01 P02 …]");
  const cases = readCases(folder).filter(({ id }) => only.length === 0 || only.includes(id));
  const desk = await openCaseDesk();
  let wrong = 0;
  try {
    for (const one of cases) {
      const problems = await problemsOf(one, folder, desk);
      wrong += problems.length > 0 ? 1 : 0;
      console.log(`  ${problems.length > 0 ? "✗" : "✓"}  ${one.id}  ${one.title}`);
      for (const problem of problems) console.log(`         ${problem.slice(0, 400)}`);
    }
  } finally {
    await desk.close();
  }
  console.log(`\n${cases.length - wrong} right, ${wrong} wrong`);
  return wrong > 0 ? 1 : 0;
}

async function problemsOf(one: Case, folder: string, desk: Desk): Promise<string[]> {
  const expected = EXPECTED[one.id];
  try {
    const tokens: Record<string, string> = { MITTO_URL_TOKEN: TEST_SECRETS.mitto };
    // Who asked in an earlier case to be forgotten would be forgotten in this one, too.
    await desk.sql`delete from privacy_requests`;
    if (expected?.source) {
      const { status, body, text } = await desk.ask("POST", "/api/sources", { name: one.id, ...expected.source });
      if (status === 400 && body.field && expected.mayRefuseSource) return [];
      if (status !== 201) throw new Error(`The source was refused with ${status}: ${text}`);
      tokens.SOURCE_TOKEN = body.full_url.slice(body.full_url.lastIndexOf("/") + 1);
    }
    const before = desk.forwarded.length;
    const answers = [];
    for (const request of one.requests) {
      const path = expected?.throughSource ? `${request.path}/{SOURCE_TOKEN}` : request.path;
      answers.push(await desk.post(buildRequest({ ...request, path }, folder, tokens)));
    }
    await desk.settled();
    const ids = [...new Set(answers.map(({ body }) => body.event_id).filter((id) => id !== undefined))];
    const events = await Promise.all(ids.map(async (id) => (await desk.ask("GET", `/api/webhooks/events/${id}`)).body));
    const forwarded = desk.forwarded.slice(before);
    const seen: Seen = {
      desk,
      answers,
      statuses: answers.map(({ status }) => status),
      events,
      forwarded: forwarded.filter(({ path }) => path === "/everything"),
      toAgentSdk: forwarded.filter(({ path }) => path !== "/everything"),
    };
    return [...statusProblems(one, seen), ...eventProblems(one, seen), ...((await expected?.check(seen)) ?? [])];
  } catch (error) {
    return [(error as Error).message];
  }
}

/** A status written as a sentence is checked by the case's own check. */
function statusProblems({ expect: { status }, requests }: Case, { statuses, answers }: Seen): string[] {
  if (status === undefined || typeof status === "string") return [];
  const right = Array.isArray(status) ? status : requests.map(() => status);
  return JSON.stringify(right) === JSON.stringify(statuses)
    ? []
    : [`status ${statuses.join(", ")}: ${answers.map(({ body }) => body.title ?? "").join(" ")}`];
}

/** The fields of the first event that `expect` names with a value. */
function eventProblems({ expect: { event = {} } }: Case, { events: [first] }: Seen): string[] {
  return Object.entries(event)
    .filter(([name, value]) => AS_IT_IS.includes(name) && !/ /.test(String(value)))
    .filter(([name, value]) => (name === "occurred_at" ? !isSameTime(first?.[name], value) : first?.[name] !== value))
    .map(([name, value]) => `${name} is ${JSON.stringify(first?.[name])}, not ${JSON.stringify(value)}`);
}

function isSameTime(found: unknown, right: unknown): boolean {
  return Date.parse(String(found)) === Date.parse(String(right));
}
