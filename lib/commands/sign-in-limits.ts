import { forgetHeldAddresses } from "@/lib/auth/held-addresses";
import type { SignInLimit } from "@/lib/contract/staff";
import { call } from "@/lib/db/client";
import { Refusal } from "@/lib/refusals";
import { scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";

/** Lets an account or an address try again at once. Throws a `Refusal` when it had no limit to lift. */
export async function liftSignInLimit(
  { kind, subject }: Pick<SignInLimit, "kind" | "subject">,
  by: ActorContext,
): Promise<void> {
  const forgotten = await call("console", "lift_sign_in_limit", {
    p_kind: kind,
    p_subject: subject,
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  forgetHeldAddresses();
  if (forgotten > 0) return;
  throw new Refusal("no_sign_in_limit", { kind });
}
