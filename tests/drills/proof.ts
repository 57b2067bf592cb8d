/** `npm run drill -- proof`: not a drill for people, but the product's own. In this process, without a console. */
import { startTestCluster } from "../support/cluster";
import { prove } from "../support/world/proof";

const LIMIT_MS = 3 * 3_600_000;

/** Prints what it sees, and answers whether everything is as it has to be. */
export async function runProof({ events, seed }: { events: number; seed: number }): Promise<boolean> {
  const stop = await startTestCluster();
  hideLog();
  try {
    const proof = await prove({ events, seed, limitMs: LIMIT_MS, say: (line) => console.log(line) });
    const { incident, items, differences, lost, beyond, delivered, bundle, minutes } = proof;
    const { counts } = incident;
    const named = new Set(items.map(({ provider_slug, identity }) => `${provider_slug} ${identity}`));
    const missed = lost.filter(({ provider, key }) => !named.has(`${provider} ${key}`)).length;
    const rows = differences.reduce((sum, { onlyHere, onlyThere }) => sum + onlyHere.length + onlyThere.length, 0);
    const checks: [string, boolean][] = [
      [`the incident closed by itself (${incident.state})`, incident.state === "closed" && incident.closed_by === null],
      [`${counts.verified} of ${counts.total} events verified`, counts.verified === counts.total],
      [`${lost.length - missed} of ${lost.length} lost events named, and ${beyond} of the day before`, missed === 0],
      [`${rows} rows differ from the world without faults`, rows === 0],
      [`${delivered.here} deliveries, ${delivered.there} without faults`, delivered.here === delivered.there + beyond],
      [`${delivered.twice} deliveries were made twice`, delivered.twice === 0],
      [
        `the bundle has ${bundle.items} items and verifies`,
        bundle.items === items.length && bundle.problems.length === 0,
      ],
    ];
    for (const [text, isGood] of checks) console.log(`  ${isGood ? "✓" : "✗"}  ${text}`);
    console.log(`\nOutage ${minutes.outage.toFixed(1)} minutes, recovery ${minutes.recovery.toFixed(1)} minutes.`);
    return checks.every(([, isGood]) => isGood);
  } finally {
    await stop();
  }
}

/** The product logs each event and attempt: here that is in the way. */
function hideLog(): void {
  const write = process.stdout.write.bind(process.stdout) as (...given: unknown[]) => boolean;
  process.stdout.write = ((chunk: unknown, ...rest: unknown[]) =>
    String(chunk).startsWith('{"at":') || write(chunk, ...rest)) as typeof process.stdout.write;
}
