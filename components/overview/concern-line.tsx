import { CircleAlert, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { InertText } from "../inert-text";
import { RelativeTime } from "../time";
import { Button } from "../ui/button";
import type { Concern } from "./concerns";

const LOOK = {
  red: { icon: CircleAlert, tone: "text-red" },
  amber: { icon: TriangleAlert, tone: "text-amber" },
};

export function ConcernLine({ concern: { tone, sentence, detail, at, link } }: { concern: Concern }) {
  const { icon: Icon, tone: colour } = LOOK[tone];
  return (
    <li className="flex items-start gap-x-2.5 gap-y-2 border-b py-2.5 max-sm:flex-wrap">
      <Icon aria-hidden="true" className={`mt-0.75 size-3.5 shrink-0 ${colour}`} />
      <div className="min-w-0 flex-1">
        <p className="text-pretty font-medium [overflow-wrap:anywhere]">{sentence}</p>
        {detail && (
          <p className="text-pretty text-quiet text-sm [overflow-wrap:anywhere]">
            <InertText text={detail} />
          </p>
        )}
      </div>
      {at && <RelativeTime at={at} className="mt-0.5 shrink-0 text-faint text-sm tabular-nums" />}
      {link && (
        // On a phone below the text, which it would squeeze.
        <span className="shrink-0 max-sm:w-full max-sm:pl-6">
          <Button asChild size="sm">
            <Link href={link.href}>{link.label}</Link>
          </Button>
        </span>
      )}
    </li>
  );
}
