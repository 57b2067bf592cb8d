/** Passwords as `scrypt$N$r$p$salt$hash`, so that the cost can rise later without locking users out. */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { deriveInTurn } from "./hashing";

/** 64 MiB, about 150 ms: one of the settings OWASP recommends for scrypt. */
const COST = { N: 2 ** 16, r: 8, p: 1 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** A stored hash above this is a mistake or an attack on our memory. */
const LARGEST_N = 2 ** 18;

/** The caller of a hash that no request asked for. */
const OURSELVES = "ourselves";

/** Throws the refusal `too_many_sign_ins` when the queue is full, or this caller's share of it. */
export async function hashPassword(password: string, caller = OURSELVES): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(caller, password, salt, COST);
  return ["scrypt", COST.N, COST.r, COST.p, salt.toString("base64url"), key.toString("base64url")].join("$");
}

/**
 * True when the password is right. Without a hash it is false after the same time, so the time does not tell who has an
 * account. Throws the refusal `too_many_sign_ins`, as `hashPassword` does, before the password is evaluated.
 */
export async function verifyPassword(
  password: string,
  stored: string | null | undefined,
  caller = OURSELVES,
): Promise<boolean> {
  const parsed = parse(stored);
  const { cost, salt, key } = parsed ?? { cost: COST, salt: Buffer.alloc(SALT_BYTES), key: Buffer.alloc(KEY_BYTES) };
  const derived = await derive(caller, password, salt, cost);
  return timingSafeEqual(derived, key) && parsed !== undefined;
}

function parse(stored: string | null | undefined) {
  const [scheme, N, r, p, salt, hash] = (stored ?? "").split("$");
  if (scheme !== "scrypt" || !salt || !hash) return undefined;
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const key = Buffer.from(hash, "base64url");
  const usable = cost.N >= 2 && cost.N <= LARGEST_N && cost.r > 0 && cost.p > 0 && key.length === KEY_BYTES;
  return usable ? { cost, salt: Buffer.from(salt, "base64url"), key } : undefined;
}

function derive(caller: string, password: string, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  // Normalised, because the same word can be typed as different bytes on different keyboards.
  return deriveInTurn(caller, { password: password.normalize("NFKC"), salt, keyBytes: KEY_BYTES, cost });
}
