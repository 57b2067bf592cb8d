/** How often somebody may guess at a password or a link. The rules and their counting are in supabase/schemas/542_sign_in.sql. */
import type { SingleSignOnRefusal } from "@/lib/contract/single-sign-on";
import type { SignInLimit } from "@/lib/contract/staff";
import { call } from "@/lib/db/client";
import { Problem } from "@/lib/errors";
import { type Scoped, scopeOf } from "@/lib/scope";
import { forgetHeldAddresses, heldFor, holdAddress, tooManyAttempts } from "./held-addresses";
import type { Actor } from "./permissions";

/** A guess that may be evaluated, or how many seconds to wait before the next one may. */
export type Booking = { guess: number; wait?: undefined } | { wait: number };

/** Counts a guess at an account before it is evaluated. */
export async function bookGuess(email: string, address: string, requestId: string): Promise<Booking> {
  const held = heldFor(address);
  if (held !== undefined) return { wait: held };
  const booking = await call<Booking & { of_address?: boolean }>("console", "book_guess", {
    p_email: email,
    p_address: address,
    p_request_id: requestId,
  });
  if (booking.wait !== undefined && booking.of_address) holdAddress(address, booking.wait);
  return booking;
}

/** Takes a booking back: the guess was right, or was never evaluated. */
export async function forgetGuess(guess: number, { wasRight }: { wasRight: boolean }): Promise<void> {
  await call("console", "forget_guess", { p_id: guess, p_was_right: wasRight });
}

/** Writes a refused sign-in into the audit log, with a bound. */
export async function recordRefusedSignIn(
  email: string,
  address: string,
  reason: "wrong" | "disabled" | SingleSignOnRefusal,
  requestId: string,
): Promise<void> {
  await call("console", "record_refused_sign_in", {
    p_email: email,
    p_address: address,
    p_reason: reason,
    p_request_id: requestId,
  });
}

/** The answer to whoever has to wait. */
export function tooMany(seconds: number): Problem {
  return new Problem(tooManyAttempts(seconds));
}

/** Accounts with a delay, and addresses at their limit. */
export function listSignInLimits(asker: Scoped): Promise<SignInLimit[]> {
  return call("console", "list_sign_in_limits", scopeOf(asker));
}

/** Lets an account or an address try again at once. Throws a `Problem` when nothing kept it from doing so. */
export async function liftSignInLimit(
  { kind, subject }: Pick<SignInLimit, "kind" | "subject">,
  { actor, requestId }: { actor: Actor; requestId: string },
): Promise<void> {
  const forgotten = await call<number>("console", "lift_sign_in_limit", {
    p_kind: kind,
    p_subject: subject,
    ...scopeOf(actor),
    p_actor: actor.name,
    p_actor_id: actor.id,
    p_request_id: requestId,
  });
  forgetHeldAddresses();
  if (forgotten > 0) return;
  throw new Problem({
    status: 404,
    title: `Nothing prevents this ${kind} from signing in.`,
    detail: "There was no wrong attempt within the last hour.",
    field: "subject",
  });
}
