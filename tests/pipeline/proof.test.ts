/** The proof of the product, with few events. `npm run drill -- proof` has 10,000. */
import { expect, test } from "vitest";
import { prove } from "../support/world/proof";

const EVENTS = Number(process.env.PROOF_EVENTS ?? 120);
const SEED = Number(process.env.PROOF_SEED ?? 15);

test("One guided recovery after everything went wrong at once: tables as without faults, nothing twice, closed by itself", async () => {
  const { incident, items, differences, lost, beyond, delivered, bundle } = await prove({
    events: EVENTS,
    seed: SEED,
    limitMs: 540_000,
  });
  expect(incident).toMatchObject({ state: "closed", closed_by: null });
  expect(incident.counts).toMatchObject({ affected: 0, recovered: 0, still_missing: 0, unrecoverable: 0 });
  expect(incident.counts.verified).toBe(incident.counts.total);
  expect(items).toHaveLength(incident.counts.total);
  // Every event that was lost is named, and each says what was seen in its targets.
  const named = new Set(items.map(({ provider_slug, identity }) => `${provider_slug} ${identity}`));
  expect(lost.filter(({ provider, key }) => !named.has(`${provider} ${key}`))).toEqual([]);
  expect(items.filter(({ proof }) => !proof?.length)).toEqual([]);
  expect(differences).toEqual([]);
  expect(delivered).toMatchObject({ here: delivered.there + beyond, twice: 0 });
  // The bundle verifies, has every item, and names the delivery that repaired each of those that were replayed.
  expect(bundle.problems).toEqual([]);
  expect(bundle.items).toBe(items.length);
  const replayed = items.filter(({ replay_id, cause }) => replay_id !== null && cause !== "delivered");
  expect(replayed.length).toBeGreaterThan(0);
  expect(replayed.filter(({ identity }) => !bundle.repaired.has(identity)).map(({ identity }) => identity)).toEqual([]);
});
