import { environment, secretsFrom } from "@/lib/env";
import { makerOf, SENDERS, type Sender } from "@/lib/samples/sign";

/** Whether samples of a provider can be sent: see `SourceProvider.sample`. */
export function sampleOf(provider: string): { missing: string | null } | null {
  if (!environment().ALLOW_SAMPLES || !isSampled(provider)) return null;
  return { missing: sampleSecret(provider) === undefined ? makerOf(provider).signingVariable : null };
}

/** The secret that signs samples of a provider, as configured here. */
export function sampleSecret(provider: Sender): string | undefined {
  return secretsFrom(makerOf(provider).signingVariable)[0];
}

export function isSampled(name: string): name is Sender {
  return (SENDERS as readonly string[]).includes(name);
}
