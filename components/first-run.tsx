"use client";

import { useOrigin } from "@/lib/client/hydrated";
import { CopyButton } from "./copy-button";
import { ProviderMark, providerName, SENDERS } from "./provider";

const SAMPLE = "npm run send -- stripe invoice.payment_succeeded";

/** Before the first event: where providers should send, and how to send a sample. */
export function FirstRun() {
  const origin = useOrigin();
  return (
    <section className="mx-auto max-w-2xl py-10">
      <h2 className="font-semibold text-lg">No webhook has arrived yet</h2>
      <p className="mt-1 text-quiet">
        Send a signed sample from the project's folder. It shows up here within a second.
      </p>
      <div className="mt-3 flex items-center gap-2 rounded-md border bg-sunken py-1.5 pr-1.5 pl-3 font-mono text-sm">
        <code className="min-w-0 flex-1 overflow-x-auto whitespace-nowrap">{SAMPLE}</code>
        <CopyButton text={SAMPLE} what="command" />
      </div>
      <h3 className="mt-8 font-medium">Or point a provider here</h3>
      <ul className="mt-2 border-t">
        {SENDERS.map((slug) => {
          const url = `${origin}/api/webhooks/${slug}`;
          return (
            <li
              key={slug}
              className="grid grid-cols-[auto_9rem_minmax(0,1fr)_auto] items-center gap-x-3 border-b py-2 max-md:grid-cols-[auto_minmax(0,1fr)_auto]"
            >
              <ProviderMark slug={slug} />
              <span className="max-md:col-span-2">{providerName(slug)}</span>
              <code className="truncate font-mono text-quiet text-sm max-md:col-span-2">{url}</code>
              <CopyButton text={url} what={`${providerName(slug)} webhook URL`} />
            </li>
          );
        })}
      </ul>
      <p className="mt-3 text-faint text-sm">
        Only signed requests become events. What is refused at the door is counted on the overview, with the reason.
      </p>
    </section>
  );
}
