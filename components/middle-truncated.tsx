import { InertText } from "./inert-text";

/** A long name that keeps its end when space runs out: ids differ at the end. */
export function MiddleTruncated({ text, tail = 6 }: { text: string; tail?: number }) {
  const characters = Array.from(text);
  const end = characters.length > tail * 2 ? characters.slice(-tail).join("") : "";
  const start = characters.slice(0, characters.length - Array.from(end).length).join("");
  return (
    <span className="flex min-w-0" title={text}>
      <InertText text={start} className="truncate" />
      {end && <InertText text={end} className="shrink-0" />}
    </span>
  );
}
