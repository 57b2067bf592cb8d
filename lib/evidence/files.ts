/** The files of a bundle but for its hashes and manifest, in their order. Each is made page by page while it is sent. */
import type { ReplayItem } from "@/lib/contract/replays";
import type { Scoped } from "@/lib/scope";
import { itemHeader, itemLines } from "./items";
import { noticeLetters, supportLetters } from "./letters";
import { payloadFiles } from "./payloads";
import { eachItem, eachLine, eachReplay, eachReplayItem, type Head, type LineList } from "./read";
import { summaryOf } from "./summary";
import { newTally, type Tally, tallyItems, tallyRejection, tallyRequest } from "./tally";

/** A file of the bundle. Its parts are read once, in order. */
export interface BundleFile {
  name: string;
  parts: AsyncIterable<string | Uint8Array>;
}

export interface BundleRequest {
  head: Head;
  asker: Scoped;
  made: Made;
}

export interface Made {
  /** ISO 8601 */
  at: string;
  by: string;
  payloads: boolean;
}

export async function* filesOf({ head, asker, made }: BundleRequest): AsyncGenerator<BundleFile> {
  const tally = newTally();
  const jsonLines = (list: LineList, note?: (line: Record<string, unknown>) => void) =>
    linesOf(eachLine(list, head.number, asker), note);
  yield { name: "summary.md", parts: once(summaryOf(head, made)) };
  yield { name: "items.csv", parts: items(head.number, asker, tally) };
  yield { name: "timeline.jsonl", parts: jsonLines("log") };
  yield { name: "requests.jsonl", parts: jsonLines("requests", (line) => tallyRequest(tally, line)) };
  yield { name: "rejections.jsonl", parts: jsonLines("rejections", (line) => tallyRejection(tally, line)) };
  yield { name: "replays.jsonl", parts: replays(head.number, asker) };
  const { config, recovery, selection } = head;
  yield { name: "config.json", parts: once(`${JSON.stringify({ selection, recovery, ...config }, null, 2)}\n`) };
  yield { name: "provider-support.txt", parts: once(() => supportLetters(head, tally)) };
  yield { name: "customer-notice.txt", parts: once(() => noticeLetters(head)) };
  if (made.payloads) yield* payloadFiles(head.number, asker);
}

async function* items(incident: number, asker: Scoped, tally: Tally) {
  yield itemHeader;
  for await (const page of eachItem(incident, asker)) {
    tallyItems(tally, page);
    yield itemLines(page);
  }
}

async function* linesOf(
  pages: AsyncIterable<Record<string, unknown>[]>,
  note?: (line: Record<string, unknown>) => void,
) {
  for await (const page of pages) {
    for (const line of page) note?.(line);
    yield page.map((line) => `${JSON.stringify(line)}\n`).join("");
  }
}

/** Each replay, followed by a line per delivery. */
async function* replays(incident: number, asker: Scoped) {
  for await (const page of eachReplay(incident, asker)) {
    for (const { number: _number, ...replay } of page) {
      yield `${JSON.stringify({ line: "replay", ...replay })}\n`;
      for await (const deliveries of eachReplayItem(replay.id, asker)) {
        yield deliveries
          .map((item) => `${JSON.stringify({ line: "delivery", replay_id: replay.id, ...outcomeOf(item) })}\n`)
          .join("");
      }
    }
  }
}

/** Without the error's text and the rows' values, which may repeat what is in a payload. */
function outcomeOf({ position, event_id, event_key, destination, outcome, ...item }: ReplayItem) {
  const { skip_reason, error_class, http_status, duration_ms, attempts, finished_at } = item;
  return {
    ...{ position, event_id, event_key, delivery_id: item.delivery_id, destination, outcome: outcome ?? "waiting" },
    ...{ skip_reason, error_class, http_status, duration_ms, attempts, finished_at },
    rows: item.changes.map(({ table, effect }) => ({ table, effect })),
  };
}

async function* once(text: string | (() => string)) {
  yield typeof text === "string" ? text : text();
}
