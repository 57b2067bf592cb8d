/** supabase/schemas is a book whose rules supabase/book.ts enforces: each rule refuses what breaks it. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { bookProblems, type SchemaFile } from "../../supabase/book";

const SCHEMAS = path.join(import.meta.dirname, "../../supabase/schemas");

const TABLE: SchemaFile = {
  name: "130_events.sql",
  text: "create table public.events (\n  id bigint primary key\n);\n",
};
const read = (name: string, body: string): SchemaFile => ({
  name,
  text: `create function public.${name.slice(4, -4)}() returns jsonb\nlanguage plpgsql stable as $$\nbegin\n  ${body}\nend\n$$;\n`,
});

test("The schemas keep the rules of the book", () => {
  const files = readdirSync(SCHEMAS).map((name) => ({ name, text: readFileSync(path.join(SCHEMAS, name), "utf8") }));
  expect(files.length).toBeGreaterThan(50);
  expect(bookProblems(files)).toEqual([]);
});

describe("A schema file is refused that", () => {
  test.each<[string, SchemaFile[], RegExp]>([
    ["has two digits", [read("13_replay.sql", "")], /13_replay\.sql: its name/],
    [
      "has the number of another",
      [read("800_events.sql", ""), read("800_replays.sql", "")],
      /800_events\.sql has the same/,
    ],
    ["has 201 lines", [{ name: "800_events.sql", text: "-- x\n".repeat(201) }], /201 lines/],
    ["creates a table among the reads", [{ ...TABLE, name: "800_events.sql" }], /belongs to the chapter of tables/],
    [
      "indexes a table far from its shape",
      [TABLE, { name: "800_events.sql", text: "create index by_id on public.events (id);\n" }],
      /`create index by_id on public.events \(id\);` belongs/,
    ],
    [
      "adds a column to a table of another file",
      [TABLE, { name: "131_more.sql", text: "alter table public.events add column note text;\n" }],
      /say it in `create table`/,
    ],
    [
      "adds a function to the tables",
      [read("131_more.sql", "return null;")],
      /does not belong to the chapter of tables/,
    ],
    [
      "calls a later chapter from a body",
      [read("300_accept.sql", "return public.events();"), read("800_events.sql", "return null;")],
      /300_accept\.sql: public\.events is defined later, in 800_events\.sql/,
    ],
    [
      "calls a later chapter from a statement made of text",
      [read("300_accept.sql", "execute 'select public.events()';"), read("800_events.sql", "")],
      /public\.events is defined later/,
    ],
    [
      "reads a table's later view",
      [
        read("300_accept.sql", "return (select 1 from public.failed_webhooks);"),
        { name: "880_runbook.sql", text: "create view public.failed_webhooks as select 1;\n" },
      ],
      /public\.failed_webhooks is defined later/,
    ],
    [
      "switches off what is off already",
      [{ name: "800_events.sql", text: "set check_function_bodies = off;\n" }],
      /check_function_bodies is off already/,
    ],
    ["reads a payload by its column", [read("800_events.sql", "return e.payload;")], /public\.payload_of\(\)/],
    [
      "reads received bytes by their table",
      [read("800_events.sql", "return (select b.raw_body from public.event_bodies b);")],
      /public\.body_of\(\)/,
    ],
    [
      "has a line of 121 characters",
      [{ name: "800_events.sql", text: `-- ${"x".repeat(118)}\n` }],
      /:1: 121 characters/,
    ],
    [
      "begins a part of `with` behind the one before",
      [{ name: "800_events.sql", text: "  with a as (\n    select 1\n  ), b as (\n" }],
      /:3: begin the next part/,
    ],
    ["asks another clock", [read("300_accept.sql", "return to_jsonb(now());")], /Ask public\.now_\(\)/],
  ])("%s", (_, files, problem) => {
    expect(bookProblems(files).join("\n")).toMatch(problem);
  });
});

test("A file may use its own chapter, earlier ones, and later names in its comments", () => {
  const files = [
    TABLE,
    read("300_accept.sql", "return public.reject(); -- as public.list_events says"),
    read("310_reject.sql", "return (select to_jsonb(e) from public.events e);"),
    read("800_list_events.sql", "return public.accept();"),
  ];
  expect(bookProblems(files)).toEqual([]);
});
