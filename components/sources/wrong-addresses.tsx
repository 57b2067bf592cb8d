import { TriangleAlert } from "lucide-react";
import type { WrongAddress } from "@/lib/contract/sources";
import { InertText } from "../inert-text";
import { rightAddressSentence, wrongAddressSentence } from "../status/wrong-address-text";
import { RelativeTime } from "../time";

/** Webhooks of the last day to an address that does not exist. Renders nothing without any. */
export function WrongAddresses({ addresses, origin }: { addresses: WrongAddress[]; origin: string }) {
  if (addresses.length === 0) return null;
  return (
    <section
      id="wrong-addresses"
      aria-label="Wrong addresses"
      data-testid="wrong-addresses"
      className="mb-5 max-w-[80rem]"
    >
      <ul className="space-y-2">
        {addresses.map(({ provider, request, count, last_at }) => (
          <li key={`${provider} ${request}`} className="flex gap-2">
            <TriangleAlert className="mt-0.5 size-4 shrink-0 text-red" aria-hidden />
            <p className="min-w-0 [overflow-wrap:anywhere]">
              <span className="font-medium">
                <InertText text={wrongAddressSentence(provider, request, count)} />
              </span>{" "}
              <RelativeTime at={last_at} className="text-quiet" />
              <span className="block text-quiet text-sm">{rightAddressSentence(provider, origin)}</span>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
