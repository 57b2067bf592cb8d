/** Reads the messages of one conversation back to a time. Their ids rise over all conversations of a server. */
import { ApiFailure, type ApiSession, listIn } from "../api";
import { at } from "../shape";

/** Without `after` and `before` Chatwoot lists the latest 20; with both of them up to 1,000, oldest first. */
const LATEST = 20;
const MOST = 1_000;
/** How many ids back the second request reads, and how much further each next one. */
const FIRST_SPAN = 1_000;
const GROWTH = 8;
const MOST_REQUESTS = 300;

/** The messages from `from` on, and some before it. `path` is that of the conversation. */
export async function messagesSince(session: ApiSession, path: string, from: Date): Promise<unknown[]> {
  const read = reader(session, path);
  const found = await read();
  if (found.length < LATEST || isBefore(found, from)) return found;
  let before = Math.min(...found.map(idOf));
  for (let span = FIRST_SPAN; before > 1; span *= GROWTH) {
    const after = Math.max(1, before - span);
    const older = await between(read, after, before);
    found.push(...older);
    if (isBefore(older, from)) break;
    before = after;
  }
  return found;
}

type Read = (after?: number, before?: number) => Promise<unknown[]>;

/** A full answer has the oldest of the range: the rest of it is read from there. */
async function between(read: Read, after: number, before: number): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let first = after; first < before; ) {
    const some = await read(first, before);
    found.push(...some);
    if (some.length < MOST) break;
    first = Math.max(...some.map(idOf)) + 1;
  }
  return found;
}

function reader(session: ApiSession, path: string): Read {
  let requests = 0;
  return async (after, before) => {
    if (++requests > MOST_REQUESTS) throw new ApiFailure("refused", "One conversation has too many messages to read.");
    const range = after === undefined ? [] : [["after", String(after)] as const, ["before", String(before)] as const];
    const { json } = await session.ask({ path: `${path}/messages`, query: range, ...keyOf(session) });
    return listIn(at(json, "payload"), "messages");
  };
}

/** The headers and secrets of a request to Chatwoot. */
export function keyOf({ credentials }: ApiSession) {
  const { api_key: key = "" } = credentials;
  return { headers: { api_access_token: key }, secrets: [key] };
}

function isBefore(messages: readonly unknown[], from: Date): boolean {
  return messages.some((message) => Number(at(message, "created_at")) * 1_000 < from.getTime());
}

function idOf(message: unknown): number {
  const id = at(message, "id");
  if (typeof id !== "number") throw new ApiFailure("malformed", "Chatwoot's answer has a message without an id.");
  return id;
}
