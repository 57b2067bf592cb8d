/** The routes and pages of the app, read from its files, so that tests include a new one automatically. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../lib/db/supabase-cli";

export interface Route {
  /** `/api/staff/[id]` */
  route: string;
  methods: string[];
  /** The route needs a session or token; otherwise the request itself is the proof. */
  isOpen: boolean;
  source: string;
}

/** Ids for every `[name]` of a path; none of them exists. */
const IDS: readonly [RegExp, string][] = [
  [/\/replays\/\[id\]|\/bulk-replays\/\[id\]/, "wr_999999"],
  [/\/destinations\/\[id\]/, "ds_999999"],
  [/\/sources\/\[id\]/, "so_999999"],
  [/\/tokens\/\[id\]/, "tk_999999"],
  [/\/event-views\/\[id\]/, "ev_999999"],
  [/\/staff\/\[id\]/, "00000000-0000-4000-8000-00000000dead"],
];

export function apiRoutes(): Route[] {
  return filesNamed("app/api", /(^|\/)route\.tsx?$/).map((file) => {
    const source = readFileSync(path.join(ROOT, "app/api", file), "utf8");
    const exported = source
      .split("\n")
      .filter((line) => /^export (const|async function|function)|^ +\w+ as |^export \{/.test(line));
    const methods = exported.flatMap((line) => line.match(/\b(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\b/g) ?? []);
    const isOpen = !/\bhandle\(/.test(source);
    return { route: `/api/${path.dirname(file)}`, methods: [...new Set(methods)].sort(), isOpen, source };
  });
}

/** Addresses of all pages that need a session. */
export function consolePages(): string[] {
  return filesNamed("app/(console)", /(^|\/)page\.tsx$/).map((file) =>
    addressOf(`/${path.dirname(file)}`.replace(/^\/\.$/, "/")),
  );
}

/** The address of each page of the app, parameters as `[id]`. */
export function pageFiles(): string[] {
  return filesNamed("app", /(^|\/)page\.tsx$/)
    .map((file) => `/${path.dirname(file)}`.replace(/\/\([^)]+\)/g, "").replace(/\/\.$/, "") || "/")
    .sort();
}

/** The address of a route, as a client would request it. */
export function addressOf(route: string): string {
  const id = IDS.find(([pattern]) => pattern.test(route))?.[1] ?? "we_999999";
  return route.replace("[provider]", "stripe").replace(/\[[^\]]+\]/g, id);
}

function filesNamed(folder: string, name: RegExp): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => name.test(file))
    .sort();
}
