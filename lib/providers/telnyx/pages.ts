/**
 * A list with numbered pages moves while it is read: a record that appears in it pushes the others on, one that goes pulls
 * them back over the edge of a page, where they are not read. So after the last page the first is read once more, and
 * when the list has changed, all of it.
 */
import { ApiFailure } from "../api";
import { numberOf } from "../listed";
import type { Json } from "../provider";
import { at, idFrom } from "../shape";

/** A list that changes more often cannot be read now. */
const MOST_WALKS = 5;

/** Where a reader is, and how the list was when it began. */
export interface NumberedPage {
  page: number;
  walk: number;
  /** The number of records and the first one; null before the first page. */
  seen: string | null;
  /** The last page is read: this is the first one, once more. */
  isCheck: boolean;
  /** The end of what is asked for, the same on every page. */
  end: string;
}

/** `end` counts at the beginning; later the cursor has it. */
export function pageOf(cursor: Json, end: string): NumberedPage {
  if (cursor === null) return { page: 1, walk: 1, seen: null, isCheck: false, end };
  const text = (name: string) => String(at(cursor, name));
  return {
    page: Number(at(cursor, "page")),
    walk: Number(at(cursor, "walk")),
    seen: text("seen"),
    isCheck: at(cursor, "check") === true,
    end: text("end"),
  };
}

/** The cursor after a page, by the `meta` of its answer and the id of its first record. */
export function nextPage({ page, walk, seen, isCheck, end }: NumberedPage, meta: unknown, firstId: unknown): Json {
  const [pages, total] = [at(meta, "total_pages"), at(meta, "total_results")];
  const last = numberOf(pages, "number of pages");
  const now = page === 1 ? `${numberOf(total, "number of results")} ${idFrom(firstId) ?? ""}` : seen;
  if (isCheck && now === seen) return null;
  if (isCheck && walk >= MOST_WALKS) {
    throw new ApiFailure("unavailable", "The list changed each time it was read. It is tried again later.");
  }
  if (page < last) return { page: page + 1, walk: isCheck ? walk + 1 : walk, seen: now, end };
  return page === 1 ? null : { page: 1, walk, seen: now, check: true, end };
}
