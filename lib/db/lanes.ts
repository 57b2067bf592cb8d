/**
 * Which connections belong to which lane. Each lane has its own, as far as DATABASE_POOL_SIZE allows, so that no lane can
 * use up those of another.
 */

/**
 * `door` stores webhooks, `pipeline` delivers, `console` serves people's reads and changes, `search` is for slow reads
 * (listed in expensive.ts), `auth` identifies the caller, `health` checks the system.
 */
export const LANES = ["door", "pipeline", "console", "search", "auth", "health"] as const;
export type Lane = (typeof LANES)[number];

/** Longest wait for an answer, in milliseconds. The database ends the statement at the same time. */
export const DEADLINE_MS: Readonly<Record<Lane, number>> = {
  door: 3_000,
  pipeline: 30_000,
  console: 10_000,
  search: 8_000,
  auth: 5_000,
  health: 2_000,
};

export const SMALLEST_POOL = 4;

/** Lanes that share some connections. */
export interface Share {
  lanes: readonly Lane[];
  connections: number;
}

/**
 * Divides connections among the lanes. With any number, health and sign-in have one that no other lane takes, webhooks have
 * one, and search has an eighth, at least one. Below six there are fewer connections than lanes, so some share.
 */
export function shareOut(size: number): Share[] {
  const one = (...lanes: Lane[]): Share => ({ lanes, connections: 1 });
  if (size <= 4) return [one("health", "auth"), one("door"), one("pipeline", "console"), one("search")];
  if (size === 5) return [one("health", "auth"), one("door"), one("pipeline"), one("console"), one("search")];
  const search = Math.max(1, Math.floor(size / 8));
  const rest = size - search - 2;
  // Delivering gets as many as storing and the console together: heavy records run next to the others.
  const quarter = Math.max(1, Math.floor(rest / 4));
  const share = (lane: Lane, connections: number): Share => ({ lanes: [lane], connections });
  return [
    one("health"),
    one("auth"),
    { lanes: ["search"], connections: search },
    share("door", quarter),
    share("pipeline", rest - 2 * quarter),
    share("console", quarter),
  ];
}
