/** Every route file below app/api, with the methods it exports and an address that leads to it. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const API = path.resolve(import.meta.dirname, "../../app/api");
const METHODS = /\b(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\b/g;

/** What stands for the parameters of a path: things that do not exist, behind names that do. */
const NAMES: Record<string, string> = {
  "[...nextauth]": "callback/credentials",
  "[[...path]]": "nowhere",
  "[provider]": "standard",
  "[...key]": "evt_none",
};

export interface RouteFile {
  route: string;
  address: string;
  methods: string[];
  source: string;
}

export function routeFiles(): RouteFile[] {
  return readdirSync(API, { recursive: true, encoding: "utf8" })
    .filter((file) => /(^|\/)route\.tsx?$/.test(file))
    .map((file) => {
      const source = readFileSync(path.join(API, file), "utf8");
      const exported = source
        .split("\n")
        .filter((line) => /^export (const|async function|function)|^ +\w+ as |^export \{/.test(line));
      const route = `/api/${path.dirname(file)}`;
      const address = route.replace(/\[+[^/]+/g, (part) => NAMES[part] ?? "999999");
      return { route, address, methods: [...new Set(exported.flatMap((line) => line.match(METHODS) ?? []))], source };
    });
}
