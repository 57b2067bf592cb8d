/**
 * Generates lib/contract/providers.ts: the console's facts about each provider. The browser does not load the registry's
 * code.
 *
 * npm run providers writes it; npm run providers -- --check fails when it is out of date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { providers } from ".";
import type { Provider } from "./provider";

const FILE = path.join(import.meta.dirname, "../contract/providers.ts");

const facts = Object.values<Provider>(providers).map(({ slug, label, mark, secretsVariable, published }) =>
  JSON.stringify({ slug, label, mark, secretsVariable: published ? null : secretsVariable }),
);
const text = `/** Every provider as the console shows it. Generated from lib/providers by \`npm run providers\`: do not edit it. */

export interface ProviderFacts {
  slug: string;
  label: string;
  /** Two letters. */
  mark: string;
  /** The environment variable that holds its secret. Null for what is published through the API and has no endpoint. */
  secretsVariable: string | null;
}

// biome-ignore format: one line each
export const PROVIDERS: readonly ProviderFacts[] = [
${facts
  .map(
    (line) =>
      `  ${line
        .replace(/"(\w+)":/g, " $1: ")
        .replace("{ ", "{ ")
        .replace("}", " }")},`,
  )
  .join("\n")}
];
`;

if (!process.argv.includes("--check")) writeFileSync(FILE, text);
else if (readFileSync(FILE, "utf8") !== text) {
  console.error("lib/contract/providers.ts is stale. Run `npm run providers`.");
  process.exit(1);
}
