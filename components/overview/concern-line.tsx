import { CircleAlert, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { CopyButton } from "../copy-button";
import { InertText } from "../inert-text";
import { RelativeTime } from "../time";
import { Button } from "../ui/button";
import type { Concern } from "./concerns";

const LOOK = {
  red: { icon: CircleAlert, tone: "text-red" },
  amber: { icon: TriangleAlert, tone: "text-amber" },
};

export function ConcernLine({ concern: { tone, sentence, detail, at, link, copy } }: { concern: Concern }) {
  const { icon: Icon, tone: colour } = LOOK[tone];
  return (
    <li className="flex items-start gap-2.5 border-b py-2.5">
      <Icon aria-hidden="true" className={`mt-0.75 size-3.5 shrink-0 ${colour}`} />
      <div className="min-w-0 flex-1">
        <p className="text-pretty font-medium">{sentence}</p>
        {detail && (
          <p className="text-pretty text-quiet text-sm">
            <InertText text={detail} />
          </p>
        )}
      </div>
      {at && <RelativeTime at={at} className="mt-0.5 shrink-0 text-faint text-sm tabular-nums" />}
      {link && (
        <Button asChild size="sm">
          <Link href={link.href}>{link.label}</Link>
        </Button>
      )}
      {copy && <CopyButton text={copy.text} what={copy.what} />}
    </li>
  );
}
