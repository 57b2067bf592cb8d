/** Guesses at passwords, raced in SQL as several processes would race them. */
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { alone } from "../support/machine";
import { createTestDatabase, type TestDatabase } from "../support/postgres";

let database: TestDatabase;
let sql: postgres.Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 12, onnotice: () => {} });
});
afterAll(async () => {
  await sql?.end({ timeout: 2 });
  await database?.drop();
});
beforeEach(async () => {
  await sql`delete from sign_in_guesses`;
  await sql`delete from sign_in_refusals`;
  await sql`delete from staff_actions where action = 'sign_in.refuse'`;
});

type Answer = { guess?: number; wait?: number };
const book = async (email: string, address: string): Promise<Answer> =>
  (await sql`select book_guess(${email}, ${address}, 'r') as answer`)[0]?.answer;
const evaluated = (answers: Answer[]) => answers.filter(({ guess }) => guess !== undefined).length;

test("120 at once from one address over twelve connections: exactly twenty are booked [S53]", async () => {
  const answers = await Promise.all(Array.from({ length: 120 }, (_, n) => book(`n${n}@example.com`, "198.51.100.1")));
  expect(evaluated(answers)).toBe(20);
  expect(answers.filter(({ wait = 0 }) => wait > 890 && wait <= 900)).toHaveLength(100);
});

test("120 at once from 120 addresses at one account: exactly five are booked [S21]", async () => {
  const answers = await Promise.all(Array.from({ length: 120 }, (_, n) => book("a@example.com", `198.51.101.${n}`)));
  expect(evaluated(answers)).toBeLessThanOrEqual(8);
  expect(evaluated(answers)).toBeGreaterThanOrEqual(5);
});

test("crossed addresses and accounts never wait for each other", async () => {
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, n) => book(`n${n % 7}@example.com`, `198.51.102.${n % 5}`)),
  );
  expect(answers).toHaveLength(200);
});

test("the window slides: one guess comes back for each that is fifteen minutes old", async () => {
  for (let n = 0; n < 20; n += 1) await book(`n${n}@example.com`, "198.51.103.1");
  await sql`update sign_in_guesses set booked_at = booked_at - interval '15 minutes'
    where id in (select id from sign_in_guesses order by id limit 2)`;
  const answers = [];
  for (let n = 0; n < 4; n += 1) answers.push(await book(`m${n}@example.com`, "198.51.103.1"));
  expect(answers.map(({ guess }) => guess !== undefined)).toEqual([true, true, false, false]);
});

test("a refused guess makes nobody wait longer", async () => {
  await sql`insert into sign_in_guesses (kind, account, network, is_familiar, booked_at)
    select 'password', 'b@example.com', '198.51.104.' || n, false, clock_timestamp() from generate_series(1, 12) n`;
  const before = await sql`select max(booked_at) as at from sign_in_guesses`;
  for (let n = 0; n < 20; n += 1) await book("b@example.com", `198.51.105.${n}`);
  expect(await sql`select max(booked_at) as at from sign_in_guesses`).toEqual(before);
});

test.each([
  ["203.0.113.9", "203.0.113.9"],
  ["::ffff:203.0.113.9", "203.0.113.9"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2::", "2001:db8:1:2::/64"],
  ["::1", "::/64"],
  ["fe80::1%eth0", "fe80::1%eth0"],
  ["unknown", "unknown"],
  ["", ""],
])("the address %j counts as %j", async (address, network) => {
  expect(await sql`select network_of(${address}) as network`).toEqual([{ network }]);
});

test("checking a session and reading its person are one call, that costs next to nothing more", async () => {
  await alone();
  const [person] =
    await sql`insert into staff_users (email, name, role) values ('c@example.com', 'C', 'viewer') returning id`;
  await sql`select start_session(${person?.id}, 1, ${"ab".repeat(32)}, '::1', 'x', 60, 'r')`;
  const time = async (statement: () => Promise<unknown>) => {
    const started = performance.now();
    for (let n = 0; n < 100; n += 1) await statement();
    return (performance.now() - started) / 100;
  };
  const reading = () => sql`select get_staff(${person?.id})`;
  const session = () => sql`select use_session(${"ab".repeat(32)})`;
  await time(reading);
  const [without, withIt] = [await time(reading), await time(session)];
  console.log(`get_staff ${without.toFixed(3)} ms, use_session ${withIt.toFixed(3)} ms`);
  expect(withIt).toBeLessThan(without * 4 + 1);
});

const refuse = (email: string, address: string) =>
  sql`select record_refused_sign_in(${email}, ${address}, 'wrong', 'r')`;
const logged = async () =>
  (await sql`select subject, details from staff_actions where action = 'sign_in.refuse' order by id`) as unknown as {
    subject: string;
    details: { reason: string; address?: string; left_out?: number };
  }[];

test("A flood of refused sign-ins at one account does not hide those of another from the audit log", async () => {
  await sql`insert into staff_users (email, name, role) values ('flooded@example.com', 'Flo', 'viewer'),
    ('quiet@example.com', 'Quinn', 'viewer')`;
  for (let n = 0; n < 250; n += 1) await refuse("flooded@example.com", `198.51.${n}.1`);
  for (let n = 0; n < 250; n += 1) await refuse(`ghost-${n}@example.com`, `203.0.${n}.1`);
  await refuse("quiet@example.com", "192.0.2.9");
  const rows = await logged();
  expect(rows.filter(({ subject }) => subject === "quiet@example.com")).toMatchObject([
    { details: { reason: "wrong", address: "192.0.2.9" } },
  ]);
  for (const subject of ["flooded@example.com", "an unknown account"]) {
    const own = rows.filter((row) => row.subject === subject);
    expect(own.filter(({ details }) => details.reason === "wrong")).toHaveLength(20);
    expect(own.flatMap(({ details }) => details.left_out ?? [])).toEqual([1, 10, 100]);
  }
});

test("A flood of refused sign-ins from one address does not hide those from another", async () => {
  await sql`insert into staff_users (email, name, role)
    select 'person-' || n || '@example.com', 'P', 'viewer' from generate_series(1, 40) n`;
  for (let n = 1; n <= 40; n += 1) await refuse(`person-${n}@example.com`, "198.51.100.77");
  await refuse("person-40@example.com", "192.0.2.10");
  const rows = await logged();
  const from = (address: string) => rows.filter(({ details }) => details.address === address);
  expect(from("198.51.100.77").filter(({ details }) => details.reason === "wrong")).toHaveLength(20);
  expect(from("198.51.100.77").filter(({ subject }) => subject === "several accounts")).toMatchObject([
    { details: { reason: "more", left_out: 1 } },
    { details: { reason: "more", left_out: 10 } },
  ]);
  expect(from("192.0.2.10")).toMatchObject([{ subject: "person-40@example.com" }]);
});
