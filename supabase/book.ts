/**
 * The rules of supabase/schemas, which is written as a book: files in chapters, read in the order of their numbers.
 * supabase/schemas/001_contents.sql lists the chapters. supabase/generate.ts refuses a book that breaks a rule.
 */

export interface SchemaFile {
  name: string;
  text: string;
}

/** The hundreds of a file's number. */
const CHAPTERS = [
  "ground",
  "tables",
  "rules",
  "journey",
  "replay",
  "people",
  "reconciliation",
  "incidents",
  "reads",
  "closing",
];
const TABLES = 1;
const MOST_LINES = 200;
const WIDEST = 120;

/** Every broken rule, each with what to do about it. */
export function bookProblems(files: SchemaFile[]): string[] {
  const home = homes(files);
  return [...numberProblems(files), ...files.flatMap((file) => fileProblems(file, home))];
}

function fileProblems(file: SchemaFile, home: Map<string, string>): string[] {
  const code = withoutComments(file.text);
  return [
    ...lengthProblems(file),
    ...layoutProblems(file),
    ...tableProblems(file.name, code),
    ...settingProblems(file.name, code),
    ...clockProblems(file.name, code),
    ...payloadProblems(file.name, code),
    ...referenceProblems(file.name, code, home),
  ];
}

function numberProblems(files: SchemaFile[]): string[] {
  const seen = new Map<string, string>();
  return files.flatMap(({ name }) => {
    const number = /^(\d{3})_[a-z0-9_]+\.sql$/.exec(name)?.[1];
    if (!number || !CHAPTERS[Number(number[0])]) {
      return [`${name}: its name is not three digits of a chapter, an underscore and lowercase words.`];
    }
    const other = seen.get(number);
    seen.set(number, name);
    return other ? [`${name}: ${other} has the same number.`] : [];
  });
}

function lengthProblems({ name, text }: SchemaFile): string[] {
  const lines = text.trimEnd().split("\n").length;
  return lines > MOST_LINES ? [`${name}: ${lines} lines. Split it: a file has ${MOST_LINES} at most.`] : [];
}

/** One layout: no line is wider than the screen, and each part of a `with` begins a line. */
function layoutProblems({ name, text }: SchemaFile): string[] {
  return text
    .split("\n")
    .flatMap((line, at) => [
      ...(line.length > WIDEST
        ? [`${name}:${at + 1}: ${line.length} characters. Break it: a line has ${WIDEST} at most.`]
        : []),
      ...(/^\s*\), \w+ as (materialized )?\(/.test(line)
        ? [`${name}:${at + 1}: begin the next part of \`with\` on a new line.`]
        : []),
    ]);
}

/** Tables, their indexes and their shape are in the tables' chapter, which has nothing else. */
function tableProblems(name: string, code: string): string[] {
  const statements = code.match(STATEMENT) ?? [];
  const isOfTables = (statement: string) =>
    /^(create (unlogged )?table|create (unique )?index|alter table)\b/.test(statement);
  if (chapterOf(name) !== TABLES) {
    return statements
      .filter(isOfTables)
      .map((statement) => `${name}: \`${statement}\` belongs to the chapter of tables (1xx).`);
  }
  return statements.flatMap((statement) => {
    if (!isOfTables(statement)) return [`${name}: \`${statement}\` does not belong to the chapter of tables (1xx).`];
    return /^alter table .* (add|drop|rename)\b/.test(statement)
      ? [`${name}: \`${statement}\`: say it in \`create table\`, which shows the whole shape.`]
      : [];
  });
}

/** The first line of a statement: all of ours begin at the left margin, and nothing within a body does. */
const STATEMENT = /^(?:create|alter|drop|insert|update|delete|do|grant|revoke|comment|set)\b.*$/gim;

function settingProblems(name: string, code: string): string[] {
  return code.includes("check_function_bodies") && name !== "001_contents.sql"
    ? [`${name}: check_function_bodies is off already, in 001_contents.sql.`]
    : [];
}

/** Tests let hours pass by shifting one clock. What reports the database's own clock is not meant to follow. */
function clockProblems(name: string, code: string): string[] {
  const isFree = name === "025_clock.sql" || name === "890_condition.sql";
  const used = isFree ? null : /(?<!\w)(now|clock_timestamp|statement_timestamp)\(\)|\bcurrent_timestamp\b/.exec(code);
  return used ? [`${name}: \`${used[0]}\` is Postgres' own clock. Ask public.now_() or public.clock_().`] : [];
}

/** Where payloads and bytes are kept may change, so only those that store and redact them name the column and the table. */
function payloadProblems(name: string, code: string): string[] {
  const free = [
    "130_events.sql",
    "200_payload.sql",
    "202_body_partitions.sql",
    "661_forget_bodies.sql",
    "662_forgettable_rows.sql",
    "663_forget_rows.sql",
    "899_retention.sql",
    "265_personal_data.sql",
    "270_privacy.sql",
    "302_store_events.sql",
  ];
  if (free.includes(name)) return [];
  return [
    ...(/\b\w+\)?\.payload\b/.test(code) ? [`${name}: read a payload by public.payload_of().`] : []),
    ...(/\bevent_bodies\b/.test(code) ? [`${name}: read received bytes by public.body_of().`] : []),
  ];
}

/** A body may use what its own chapter or one before it defines: whatever it is written in, and within strings too. */
function referenceProblems(name: string, code: string, home: Map<string, string>): string[] {
  const used = new Set([...code.matchAll(/\bpublic\.(\w+)/g)].map((match) => match[1] as string));
  return [...used].flatMap((word) => {
    const file = home.get(word);
    return file && chapterOf(file) > chapterOf(name)
      ? [`${name}: public.${word} is defined later, in ${file}. Move what both share to an earlier chapter.`]
      : [];
  });
}

/** Which file defines a name. Every reference is written with its schema, because functions have an empty search_path. */
function homes(files: SchemaFile[]): Map<string, string> {
  const definition =
    /^create (?:or replace )?(?:unlogged )?(?:function|table|type|view|materialized view|sequence) public\.(\w+)/gim;
  return new Map(
    files.flatMap(({ name, text }) =>
      [...withoutComments(text).matchAll(definition)].map((match) => [match[1] as string, name] as const),
    ),
  );
}

function chapterOf(name: string): number {
  return Number(name[0]);
}

function withoutComments(text: string): string {
  return text.replace(/--.*$/gm, "");
}
