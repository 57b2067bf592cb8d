/** Reproducible random numbers. TEST_SEED sets the seed; `npm test` prints it, and so does each test that uses it. */

export const SEED = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);

/** The numbers of this run, from the start. */
export function seededRandom(): () => number {
  console.log(`TEST_SEED=${SEED}`);
  return randomFrom(SEED);
}

/** mulberry32: the same numbers for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
