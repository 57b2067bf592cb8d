/** curl, the operators' own tool, against a running app. Every answer is compared with its documented schema. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "vitest";
import { z } from "zod";
import { API } from "@/lib/contract/openapi";

const run = promisify(execFile);
const OPERATIONS = API.flatMap((chapter) => chapter.operations);

export interface Heard {
  status: number;
  headers: Record<string, string>;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON as jq would see it
  body: any;
}

/** `curl -X <method> <url>` with a token and, where given, a JSON body and more headers. */
export async function curl(
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  url: string,
  { token, json, headers = [] }: { token?: string; json?: unknown; headers?: string[] } = {},
): Promise<Heard> {
  const given = [
    ...(token ? ["-H", `Authorization: Bearer ${token}`] : []),
    ...headers.flatMap((header) => ["-H", header]),
    ...(json === undefined ? [] : ["-H", "Content-Type: application/json", "-d", JSON.stringify(json)]),
  ];
  const { stdout } = await run("curl", ["-sS", "--max-time", "30", "-D", "-", "-X", method, url, ...given], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const end = stdout.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = stdout.slice(0, end).split("\r\n");
  const text = stdout.slice(end + 4);
  const heard = {
    status: Number(statusLine.split(" ")[1]),
    headers: Object.fromEntries(
      lines.map((line) => line.split(/: (.*)/s).slice(0, 2)).map(([n = "", v]) => [n.toLowerCase(), v]),
    ),
    text,
    body: /json/.test(stdout.slice(0, end)) ? JSON.parse(text) : undefined,
  } as Heard;
  expectDocumented(method, new URL(url).pathname, heard);
  return heard;
}

/** The answer has every documented field as documented, and no other. */
function expectDocumented(method: string, path: string, { status, body }: Heard): void {
  const short = path.replace(/^\/api/, "");
  const operation = OPERATIONS.find(
    (one) =>
      one.method === method.toLowerCase() && new RegExp(`^${one.path.replace(/\{\w+\}/g, "[^/]+")}$`).test(short),
  );
  if (!operation || status >= 300 || !(operation.answer instanceof z.ZodType)) return;
  expect([path, status, (operation.statuses ?? [200]).includes(status)]).toEqual([path, status, true]);
  expect(operation.answer.parse(body)).toEqual(body);
}
