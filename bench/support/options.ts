/** `--seconds 5 --rounds 3`: how long a bench takes. Each names its own with their defaults. */
import { parseArgs } from "node:util";

/** The numbers among our arguments. An unknown name is an error, and lists what there is. */
export function numbersFrom<Name extends string>(defaults: Record<Name, number>): Record<Name, number> {
  const options = Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: "string" as const }]));
  const { values } = parseArgs({ options, allowPositionals: false });
  const given = Object.entries(values).map(([name, value]) => {
    const number = Number(value);
    if (!Number.isFinite(number)) throw new Error(`--${name} must be a number. There are: ${Object.keys(defaults)}.`);
    return [name, number];
  });
  return { ...defaults, ...Object.fromEntries(given) };
}
