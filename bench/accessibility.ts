/**
 * Does axe find anything on the console's pages? Each page of the showroom, in both themes, wide and on the phone. Prints what
 * it found by impact; fails when something is serious or critical.
 *
 *   npm run bench:accessibility [-- overview]      all pages, or one
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright";
import { openShowroom } from "../tests/tools/showroom";

interface Violation {
  id: string;
  impact: "minor" | "moderate" | "serious" | "critical" | null;
  help: string;
  nodes: { target: string[] }[];
}

const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const found = new Map<string, { violation: Violation; on: string[] }>();
let looks = 0;
const room = await openShowroom();
try {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      const page = await room.open({ viewport, colorScheme, reducedMotion: "reduce", bypassCSP: true });
      for (const [name, address] of Object.entries({ ...room.pages, "sign-in": "/sign-in" })) {
        if (process.argv[2] && process.argv[2] !== name) continue;
        if (name === "sign-in") await page.context().clearCookies();
        await page.goto(room.url + address, { waitUntil: "load" });
        await page.waitForTimeout(500);
        for (const violation of await violationsOf(page)) note(violation, `${name} ${size} ${colorScheme}`);
        looks += 1;
      }
      await page.context().close();
    }
  }
} finally {
  await room.close();
}

const bad = [...found.values()].filter(({ violation }) => ["serious", "critical"].includes(violation.impact ?? ""));
console.log(`${looks} looks: ${found.size} rules broken, ${bad.length} of them serious or critical`);
for (const { violation, on } of found.values()) {
  console.log(`  ${violation.impact} ${violation.id}: ${violation.help}`);
  console.log(
    `    ${violation.nodes[0]?.target.join(" ")} on ${on.slice(0, 4).join(", ")}${on.length > 4 ? ` and ${on.length - 4} more` : ""}`,
  );
}
if (bad.length > 0) process.exitCode = 1;

async function violationsOf(page: Page): Promise<Violation[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: () => Promise<{ violations: Violation[] }> } };
    return (await axe.run()).violations;
  });
}

function note(violation: Violation, where: string): void {
  const known = found.get(violation.id);
  if (known) known.on.push(where);
  else found.set(violation.id, { violation, on: [where] });
}
