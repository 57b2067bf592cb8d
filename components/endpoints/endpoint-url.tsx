"use client";

import { Fragment } from "react";
import { useOrigin } from "@/lib/client/use-hydrated";
import { CopyButton } from "../copy-button";
import { cn } from "../ui/cn";

/** A URL to copy into a provider's settings. Text in braces is to be replaced. */
export function EndpointUrl({ url, what, quiet }: { url: string; what: string; quiet?: boolean }) {
  const origin = useOrigin();
  const whole = url.startsWith("/") ? `${origin}${url}` : url;
  const parts = whole.split(/(\{\w+\})/);
  return (
    <div className="flex items-start gap-2 rounded-md border bg-sunken py-1 pr-1 pl-3">
      <code
        className={cn("min-w-0 flex-1 self-center font-mono text-sm [overflow-wrap:anywhere]", quiet && "text-faint")}
      >
        {parts.map((part, index) =>
          index % 2 === 1 ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one URL never move
            <span key={index} className="text-amber" title="Replace with a token from the environment variable">
              {part}
            </span>
          ) : (
            part.split(/(?<=[^/]\/)/).map((step) => (
              <Fragment key={step}>
                {step}
                <wbr />
              </Fragment>
            ))
          ),
        )}
      </code>
      <CopyButton text={whole} what={what} />
    </div>
  );
}
