/** What is done with a database at the start, before the server listens. */
import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { afterAll, expect, test } from "vitest";
import { checkDurability } from "@/lib/boot/checks";
import { migrate } from "@/lib/db/migrate";
import { localMigrations } from "@/lib/db/migrations";
import { createDatabase } from "@/lib/db/throwaway";
import { createTestDatabase, execute } from "../support/postgres";

const drops: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(drops.map((drop) => drop())));

test("three processes that migrate at once apply each migration once, and all of them end with the whole schema [CP13]", async () => {
  const server = process.env.TEST_POSTGRES_URL as string;
  const name = `test_${randomBytes(6).toString("hex")}`;
  const url = await createDatabase(server, name, "template1");
  drops.push(() => execute(server, `drop database if exists "${name}" with (force)`));
  const said = [[], [], []] as string[][];
  await Promise.all(said.map((lines) => migrate(url, (line) => lines.push(line))));
  const applied = said.flat().flatMap((line) => line.replace("Migrated the database: ", "").split(", "));
  expect(applied.sort()).toEqual(
    localMigrations()
      .map((migration) => migration.name)
      .sort(),
  );
  // A second start has nothing to do, also after one that died between two migrations.
  await migrate(url, () => expect.unreachable("nothing is missing"));
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  expect((await sql`select to_regclass('public.events') as events`)[0]?.events).toBe("events");
  await sql.end({ timeout: 1 });
});

test("a Postgres, or a role, that acknowledges what it has not written is refused [F20]", async () => {
  const database = await createTestDatabase();
  drops.push(database.drop);
  await checkDurability(database.url);
  const name = new URL(database.url).pathname.slice(1);
  await execute(database.url, `alter database "${name}" set synchronous_commit = off`);
  await expect(checkDurability(database.url)).rejects.toThrow("synchronous_commit off");
});
