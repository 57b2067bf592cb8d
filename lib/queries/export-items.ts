/** The items of a replay as a file, page by page, so that the file may have any size. */

import { createHash } from "node:crypto";
import type { Replay, ReplayItem } from "@/lib/contract/replays";
import type { Scoped } from "@/lib/scope";
import { listReplayItems } from "./replays";

const PAGE = 500;

/**
 * A spreadsheet runs a cell that begins with one of these as a formula, also in full width. An apostrophe before it makes it
 * text.
 */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

const COLUMNS: Readonly<Record<string, (item: ReplayItem) => unknown>> = {
  position: (item) => item.position,
  event_id: (item) => item.event_id,
  provider: (item) => item.provider_slug,
  event_key: (item) => item.event_key,
  event_type: (item) => item.event_type,
  organisation: (item) => item.org_id,
  received_at: (item) => item.received_at,
  destination: (item) => item.destination,
  outcome: (item) => item.outcome ?? "waiting",
  skip_reason: (item) => item.skip_reason,
  error_class: (item) => item.error_class,
  detail: (item) => item.detail,
  http_status: (item) => item.http_status,
  duration_ms: (item) => item.duration_ms,
  attempts: (item) => item.attempts,
  finished_at: (item) => item.finished_at,
  rows_changed: ({ changes }) => changes.filter(({ effect }) => effect === "created" || effect === "updated").length,
  changes: ({ changes }) => (changes.length > 0 ? JSON.stringify(changes) : null),
  body_sha256: (item) => item.body_sha256,
};

/** What was asked for, in columns after those of the item: on every line, so that a line is proof by itself. */
const OF_REPLAY = {
  replay_id: (replay) => replay.id,
  reason: (replay) => replay.reason,
  actor: (replay) => replay.actor,
  created_at: (replay) => replay.created_at,
  started_at: (replay) => replay.started_at,
  completed_at: (replay) => replay.completed_at,
} as const satisfies Record<string, (replay: Replay) => unknown>;

/** The same on the first line only: a selection may have a thousand ids. */
const ON_FIRST_LINE = {
  selection: (replay) => replay.selection,
  options: (replay) => replay.options,
} as const satisfies Record<string, (replay: Replay) => unknown>;

export interface Export {
  /** Fails when the database does: a file that is cut short must not seem complete. */
  stream: ReadableStream<Uint8Array>;
  contentType: string;
}

/** How much of a file was sent when it ended or was cut short. */
export interface Taken {
  rows: number;
  bytes: number;
  /** Of what was sent, in hex: who has the file can show that it is this one. */
  sha256: string;
  complete: boolean;
}

/** Called once, when an export has ended. */
export type OnEnd = (taken: Taken) => Promise<void>;

/** A part of a file, and how many rows are in it. */
export interface Part {
  text: string | Uint8Array<ArrayBuffer>;
  rows: number;
}

/**
 * CSV (RFC 4180, no formulas) or a JSON array of items as the API lists them. Each says by whom, why and when the replay was
 * asked for; the first also its selection and options.
 */
export function exportItems(replay: Replay, format: "csv" | "json", asker: Scoped, onEnd: OnEnd): Export {
  const isCsv = format === "csv";
  return {
    stream: streamOf(isCsv ? csv(replay, asker) : json(replay, asker), onEnd),
    contentType: isCsv ? "text/csv; charset=utf-8" : "application/json",
  };
}

async function* csv(replay: Replay, asker: Scoped): AsyncGenerator<Part> {
  yield { text: line([COLUMNS, OF_REPLAY, ON_FIRST_LINE].flatMap((columns) => Object.keys(columns))), rows: 0 };
  const columns = Object.values(COLUMNS);
  const ofReplay = Object.values(OF_REPLAY).map((column) => column(replay));
  let onFirstLine = Object.values(ON_FIRST_LINE).map((column) => JSON.stringify(column(replay)));
  for await (const items of pages(replay.id, asker)) {
    let text = "";
    for (const item of items) {
      text += line([...columns.map((column) => column(item)), ...ofReplay, ...onFirstLine]);
      onFirstLine = onFirstLine.map(() => "");
    }
    yield { text, rows: items.length };
  }
}

async function* json(replay: Replay, asker: Scoped): AsyncGenerator<Part> {
  const about = valuesOf(OF_REPLAY, replay);
  let first: Record<string, unknown> = valuesOf(ON_FIRST_LINE, replay);
  let before = "[\n";
  for await (const items of pages(replay.id, asker)) {
    const lines: string[] = [];
    for (const item of items) {
      lines.push(JSON.stringify({ ...item, replay: { ...about, ...first } }));
      first = {};
    }
    yield { text: before + lines.join(",\n"), rows: items.length };
    before = ",\n";
  }
  yield { text: before === ",\n" ? "\n]\n" : "[]\n", rows: 0 };
}

function valuesOf(columns: Readonly<Record<string, (replay: Replay) => unknown>>, replay: Replay) {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column(replay)]));
}

async function* pages(id: string, asker: Scoped): AsyncGenerator<ReplayItem[]> {
  for (let after = 0; ; ) {
    const items = await listReplayItems(id, { after, limit: PAGE }, asker);
    if (items.length > 0) yield items;
    if (items.length < PAGE) return;
    after = items.at(-1)?.position ?? after;
  }
}

/** A row of a CSV file (RFC 4180). */
export function line(cells: unknown[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

/** Always quoted, and never a formula. */
export function cell(value: unknown): string {
  const text = value === null || value === undefined ? "" : String(value);
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}

/** The parts of a file as they are made, at the reader's pace. `onEnd` is called once with how much was sent. */
export function streamOf(parts: AsyncGenerator<Part>, onEnd: OnEnd): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const taken = { rows: 0, bytes: 0, complete: false };
  const hash = createHash("sha256");
  let ended: Promise<void> | undefined;
  const end = () => {
    ended ??= onEnd({ ...taken, sha256: hash.digest("hex") });
    return ended;
  };
  return new ReadableStream({
    async pull(controller) {
      const next = await parts.next().catch(async (error: unknown) => {
        await end();
        throw error;
      });
      if (next.done) {
        taken.complete = true;
        await end();
        return controller.close();
      }
      const { text } = next.value;
      const bytes = typeof text === "string" ? encoder.encode(text) : text;
      taken.rows += next.value.rows;
      taken.bytes += bytes.length;
      hash.update(bytes);
      controller.enqueue(bytes);
    },
    async cancel() {
      await parts.return(undefined);
      await end();
    },
  });
}
