/** Text that Postgres can store: no NUL, no lone surrogate, at most `length` characters. */
export function storable(text: string | undefined, length: number): string | null {
  return text === undefined || text === ""
    ? null
    : text.toWellFormed().replaceAll("\0", "\uFFFD").slice(0, length).toWellFormed();
}
