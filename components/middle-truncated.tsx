import { InertText } from "./inert-text";

/** A long name that keeps its end when space runs out: ids differ at the end. */
export function MiddleTruncated({ text, tail = 6 }: { text: string; tail?: number }) {
  const characters = Array.from(text);
  const end = characters.length > tail * 2 ? characters.slice(-tail).join("") : "";
  const start = characters.slice(0, characters.length - Array.from(end).length).join("");
  return (
    <span className="flex min-w-0" title={text}>
      <span className="truncate">
        <InertText text={start} />
      </span>
      {end && (
        <span className="shrink-0">
          <InertText text={end} />
        </span>
      )}
    </span>
  );
}
