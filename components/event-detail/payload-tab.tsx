import { useMemo } from "react";
import type { ParseStatus } from "@/lib/contract/vocabulary";
import type { Body } from "../body/body";
import { jsonTree, MOST_NODES } from "../body/json-tree";
import { CopyButton } from "../copy-button";
import { count, size } from "../format";
import { PARSE_LABELS } from "./labels";
import { PayloadTree } from "./payload-tree";
import { PlainText } from "./plain-text";

/** A page cannot lay out megabytes; the received bytes show the rest. */
const SHOWN_LENGTH = 65_536;

/** The body for reading: JSON as a tree, other text as it is, other bytes not at all. */
export function PayloadTab({ body, isCut, parseStatus }: { body: Body; isCut: boolean; parseStatus: ParseStatus }) {
  const nodes = useMemo(() => (body.text !== null && body.isJson ? jsonTree(body.text) : null), [body]);
  return (
    <div>
      {parseStatus !== "ok" && <p className="border-b py-2 text-amber">{PARSE_LABELS[parseStatus]}</p>}
      {isCut && (
        <p className="border-b py-2 text-amber">
          This page shows the first {size(body.bytes.length)} of the body. All of it is identified, delivered and
          replayed, and the download under “Bytes” has all of it.
        </p>
      )}
      {body.bytes.length === 0 && parseStatus === "ok" && <p className="py-3 text-quiet">The body is empty.</p>}
      {body.text === null && <p className="py-3 text-quiet">These bytes are not text. They are under “Bytes”.</p>}
      {body.text !== null && nodes && <PayloadTree text={body.text} nodes={nodes} />}
      {body.text && !nodes && <Laid text={body.text} isJson={body.isJson} />}
    </div>
  );
}

function Laid({ text, isJson }: { text: string; isJson: boolean }) {
  const cut = text.length > SHOWN_LENGTH;
  return (
    <div className="relative">
      {isJson && (
        <p className="border-b py-2 text-quiet">
          It holds more than {count(MOST_NODES)} values, too many to expand, so it is shown as text.
        </p>
      )}
      <CopyButton text={text} what="payload" className="absolute top-2 right-0 z-1 bg-page" />
      <PlainText text={text.slice(0, SHOWN_LENGTH)} />
      {cut && (
        <p className="border-t py-2 text-quiet text-sm">Cut at {size(SHOWN_LENGTH)}. The rest is under “Bytes”.</p>
      )}
    </div>
  );
}
