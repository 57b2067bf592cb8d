import { Fragment, memo } from "react";

/**
 * Control and formatting characters that hide or reorder text. Tab, line feed and the joiners that emoji and some
 * scripts need stay as they are.
 */
const HIDDEN = /(?![\t\n\u200c\u200d])([\p{Cc}\p{Cf}\p{Cs}\u2028\u2029])/u;

/** Text from outside, shown so that it can neither run nor mislead: hidden characters appear as visible escapes. */
export const InertText = memo(function InertText({ text, className }: { text: string; className?: string }) {
  const parts = text.split(HIDDEN);
  if (parts.length === 1) return <bdi className={className}>{text}</bdi>;
  return (
    <bdi className={className}>
      {parts.map((part, index) =>
        // split() with one group alternates: plain text, hidden character, plain text…
        index % 2 === 1 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have no other name and never move
          <span key={index} className="mx-px rounded-sm px-0.5 text-amber bg-tint" title="Invisible character">
            {escapeOf(part)}
          </span>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <Fragment key={index}>{part}</Fragment>
        ),
      )}
    </bdi>
  );
});

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
