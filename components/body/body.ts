/** The received bytes of an event, as the page shows them. */

export interface Body {
  bytes: Uint8Array<ArrayBuffer>;
  /** Null when the bytes are not UTF-8. */
  text: string | null;
  isJson: boolean;
}

/** `isCut`: it is only the beginning of a body, and may end within a character. */
export function readBody(base64: string, isCut = false): Body {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const text = decode(bytes, isCut);
  return { bytes, text, isJson: text !== null && parses(text) };
}

/** Where the received bytes can be downloaded. */
export function bodyAddress(id: string): string {
  return `/api/webhooks/events/${id}/body`;
}

/** A hex dump with sixteen bytes a line: offset, hex, and the bytes that are plain ASCII. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += 16) {
    const row = Array.from(bytes.subarray(offset, offset + 16));
    const hex = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const letters = row.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : "·")).join("");
    lines.push(`${offset.toString(16).padStart(6, "0")}  ${hex.padEnd(47)}  ${letters}`);
  }
  return lines.join("\n");
}

function decode(bytes: Uint8Array<ArrayBuffer>, isCut: boolean): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isCut });
  } catch {
    return null;
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
