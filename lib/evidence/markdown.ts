/** Tables of Markdown whose cells may have text from outside. */

/** The two lines that begin a table. An empty heading leaves its cell empty. */
export function table(headings: readonly string[]): string[] {
  return [
    `|${headings.map((heading) => (heading ? ` ${heading} |` : " |")).join("")}`,
    `|${" --- |".repeat(headings.length)}`,
  ];
}

/** A line of a table. */
export function cells(...values: (string | number)[]): string {
  return `| ${values.map((value) => plain(String(value))).join(" | ")} |`;
}

/** Text from outside can be neither markup nor another cell: one line, with Markdown's characters escaped. */
export function plain(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>|#]/g, "\\$&");
}
