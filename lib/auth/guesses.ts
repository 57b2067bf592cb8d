/**
 * How often a caller may guess at a password or a link. The rules and the counting are in supabase/schemas/542_sign_in.sql.
 */

import type { SingleSignOnRefusal } from "@/lib/contract/single-sign-on";
import { call } from "@/lib/db/client";
import type { Booking } from "@/lib/db/functions/people";
import { heldFor, holdAddress, noteRefusedGuess, releaseAddress } from "./held-addresses";

/** Counts a guess at an account before it is evaluated. */
export async function bookGuess(email: string, address: string, requestId: string): Promise<Booking> {
  const held = heldFor(address);
  if (held !== undefined) return { wait: held };
  const booking = await call("console", "book_guess", {
    p_email: email,
    p_address: address,
    p_request_id: requestId,
  });
  if (booking.wait === undefined) releaseAddress(address);
  else if (booking.of_address) holdAddress(address, booking.wait);
  else noteRefusedGuess(address);
  return booking;
}

/** Removes a counted guess: it was right, or was never evaluated. */
export async function forgetGuess(guess: number, { wasRight }: { wasRight: boolean }): Promise<void> {
  await call("console", "forget_guess", { p_id: guess, p_was_right: wasRight });
}

/** Writes a refused sign-in into the audit log, up to a limit. */
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
