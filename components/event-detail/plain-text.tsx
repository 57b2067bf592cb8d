import { InertText } from "../inert-text";

/** Text that is not JSON, as it came. */
export function PlainText({ text }: { text: string }) {
  return (
    <pre className="whitespace-pre-wrap py-3 font-mono text-sm leading-5 [overflow-wrap:anywhere]">
      <InertText text={text} />
    </pre>
  );
}
