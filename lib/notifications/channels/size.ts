/** Messages that a channel limits in size: parts are left out from the end until it fits, and the message says how many. */
import type { Message, MessagePart } from "../message";

const MOST_PARTS = 10;

/** `write` makes the message of these parts; `left`: how many are not in it. */
export function withinSize(
  message: Message,
  mostBytes: number,
  write: (parts: MessagePart[], left: number) => object,
): Buffer {
  for (let count = Math.min(message.parts.length, MOST_PARTS); ; count -= 1) {
    const body = Buffer.from(JSON.stringify(write(message.parts.slice(0, count), message.parts.length - count)));
    if (body.length <= mostBytes || count <= 0) return body;
  }
}

/** At most this many characters, with a mark where it was cut. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;
}

/** How many alerts a message leaves out, as its last line. */
export function andMore(left: number): string {
  return `and ${left} more ${left === 1 ? "alert" : "alerts"}, which the console lists.`;
}
