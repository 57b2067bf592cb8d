import type { ParseStatus } from "@/lib/contract/vocabulary";
import { CopyButton } from "../copy-button";
import { InertText } from "../inert-text";
import type { Body } from "./body";
import { JsonView } from "./json-view";
import { PARSE_WORDS } from "./words";

/** The body as a person wants to read it: JSON laid out, other text as it is, other bytes not at all. */
export function PayloadTab({ body, parseStatus }: { body: Body; parseStatus: ParseStatus }) {
  return (
    <div>
      {parseStatus !== "ok" && <p className="border-b py-2 text-amber">{PARSE_WORDS[parseStatus]}</p>}
      {body.bytes.length === 0 && parseStatus === "ok" && <p className="py-3 text-quiet">The body is empty.</p>}
      {body.text === null ? (
        <p className="py-3 text-quiet">These bytes are not text. They are under “Received bytes”.</p>
      ) : (
        body.text !== "" && (
          <div className="relative">
            <CopyButton text={body.text} what="payload" className="absolute top-2 right-0 z-1 bg-page" />
            {body.isJson ? <JsonView text={body.text} /> : <PlainText text={body.text} />}
          </div>
        )
      )}
    </div>
  );
}

export function PlainText({ text }: { text: string }) {
  return (
    <pre className="whitespace-pre-wrap py-3 font-mono text-sm leading-5 [overflow-wrap:anywhere]">
      <InertText text={text} />
    </pre>
  );
}
