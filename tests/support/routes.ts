/** Every route and page there is, read from the files: so that a table of them can be held to be complete. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const APP = path.resolve(import.meta.dirname, "../../app");

/** `/api/…` of each route file, with the methods it exports. */
export function routeFiles(): { route: string; methods: string[] }[] {
  return readdirSync(path.join(APP, "api"), { recursive: true, encoding: "utf8" })
    .filter((file) => /(^|\/)route\.tsx?$/.test(file))
    .map((file) => {
      const source = readFileSync(path.join(APP, "api", file), "utf8");
      const exported = source
        .split("\n")
        .filter((line) => /^export (const|async function|function)|^ +\w+ as |^export \{/.test(line));
      const methods = exported.flatMap((line) => line.match(/\b(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\b/g) ?? []);
      return { route: `/api/${path.dirname(file)}`, methods: [...new Set(methods)].sort() };
    });
}

/** The address of each page, parameters as `[id]`. */
export function pageFiles(): string[] {
  return readdirSync(APP, { recursive: true, encoding: "utf8" })
    .filter((file) => /(^|\/)page\.tsx$/.test(file))
    .map((file) => `/${path.dirname(file)}`.replace(/\/\([^)]+\)/g, "").replace(/\/\.$/, "") || "/")
    .sort();
}
