/** The items of a replay as a file, page by page, so that the file may have any size. */

import type { ReplayItem } from "@/lib/contract/replays";
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
};

export interface Export {
  /** Fails when the database does: a file that is cut short must not seem complete. */
  stream: ReadableStream<Uint8Array>;
  contentType: string;
}

/** How much of a file was sent when it ended or was cut short. */
export interface Taken {
  rows: number;
  bytes: number;
  complete: boolean;
}

/** Called once, when an export has ended. */
export type OnEnd = (taken: Taken) => Promise<void>;

/** A part of a file, and how many rows are in it. */
export interface Part {
  text: string;
  rows: number;
}

/** CSV (RFC 4180, no formulas) or a JSON array of items as the API lists them. */
export function exportItems(id: string, format: "csv" | "json", asker: Scoped, onEnd: OnEnd): Export {
  const isCsv = format === "csv";
  return {
    stream: streamOf(isCsv ? csv(id, asker) : json(id, asker), onEnd),
    contentType: isCsv ? "text/csv; charset=utf-8" : "application/json",
  };
}

async function* csv(id: string, asker: Scoped): AsyncGenerator<Part> {
  yield { text: line(Object.keys(COLUMNS)), rows: 0 };
  const columns = Object.values(COLUMNS);
  for await (const items of pages(id, asker)) {
    yield { text: items.map((item) => line(columns.map((column) => column(item)))).join(""), rows: items.length };
  }
}

async function* json(id: string, asker: Scoped): AsyncGenerator<Part> {
  let before = "[\n";
  for await (const items of pages(id, asker)) {
    yield { text: before + items.map((item) => JSON.stringify(item)).join(",\n"), rows: items.length };
    before = ",\n";
  }
  yield { text: before === ",\n" ? "\n]\n" : "[]\n", rows: 0 };
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
  const taken: Taken = { rows: 0, bytes: 0, complete: false };
  let ended: Promise<void> | undefined;
  const end = () => {
    ended ??= onEnd(taken);
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
      const bytes = encoder.encode(next.value.text);
      taken.rows += next.value.rows;
      taken.bytes += bytes.length;
      controller.enqueue(bytes);
    },
    async cancel() {
      await parts.return(undefined);
      await end();
    },
  });
}
