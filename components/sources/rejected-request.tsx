import type { LastRejection } from "@/lib/contract/sources";
import { count, size } from "../format";
import { InertText } from "../inert-text";

/** What is kept of a rejected request: its size, its hash, its headers and how it begins. */
export function RejectedRequest({ rejection }: { rejection: LastRejection }) {
  const { body_size, body_read, body_kept, body_sha256, headers, body_base64 } = rejection;
  const isWhole = body_read === null || body_read >= body_size;
  return (
    <details className="text-quiet text-sm" data-testid="rejected-request">
      <summary className="cursor-pointer hover:text-ink">Show the request</summary>
      <p className="mt-1 tabular-nums" title={`${count(body_size)} bytes`}>
        {size(body_size)}
        {!isWhole && `, of which ${size(body_read)} were read`}, {size(body_kept)} kept
      </p>
      {body_sha256 && (
        <p className="[overflow-wrap:anywhere]">
          SHA-256 {isWhole ? "" : "of what was read "}
          <code className="font-mono text-ink">{body_sha256}</code>
        </p>
      )}
      <pre className="mt-1 max-h-40 overflow-auto whitespace-pre-wrap font-mono text-xs">
        <InertText text={headers.map(([name, value]) => `${name}: ${value}`).join("\n")} />
      </pre>
      <pre className="mt-1 max-h-60 overflow-auto whitespace-pre-wrap font-mono text-xs [overflow-wrap:anywhere]">
        <InertText text={textOf(body_base64)} />
      </pre>
    </details>
  );
}

function textOf(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}
