/**
 * Events that come as names and values: in the query of a request without a body, or as a form. For providers whose format is
 * a template that people fill in. What is signed is never read this way.
 */
import { contentOf, header, type RawRequest } from "./provider";
import { saysNothing } from "./shape";

/** A larger one stays as it came: no such provider sends it. */
const LARGEST_FORM = 256 * 1024;
const FORM = /^\s*application\/x-www-form-urlencoded\s*(;|$)/i;

/**
 * The request with its query or form as a JSON object, which is then the event's record: the path is not stored. A repeated
 * name is repeated there, so that nothing is lost and the event is flagged. Any other request is returned as it is.
 */
export function withPairsAsJson<Request extends RawRequest>(request: Request): Request {
  const pairs = pairsOf(request);
  if (pairs === undefined) return request;
  const members = [...new URLSearchParams(pairs)].map((pair) => pair.map((text) => JSON.stringify(text)).join(":"));
  const body = Buffer.from(`{${members.join(",")}}`);
  return { ...request, body, content: undefined, contentType: "application/json" };
}

/** The text with the pairs; undefined when the request has none. */
function pairsOf(request: RawRequest): string | undefined {
  const { method, path, headers } = request;
  const body = contentOf(request);
  const query = path.split("?").slice(1).join("?");
  if (method === "GET") return query;
  if (saysNothing(body)) return query === "" ? undefined : query;
  const isForm = FORM.test(header({ headers }, "content-type") ?? "") && body.length <= LARGEST_FORM;
  const text = isForm ? body.toString("utf8").trim() : "";
  // Some senders call everything a form.
  return text.includes("=") && !/^[{["]/.test(text) ? text : undefined;
}
