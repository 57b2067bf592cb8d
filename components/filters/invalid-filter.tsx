import { FilterX } from "lucide-react";
import Link from "next/link";
import { Notice } from "../notice";
import { Button } from "../ui/button";

/** The address has an invalid filter: names the invalid part. */
export function InvalidFilter({
  field,
  problem,
  all = { href: "/events", words: "Show all events" },
}: {
  field: string;
  problem: string;
  /** The list without a filter. */
  all?: { href: string; words: string };
}) {
  return (
    <Notice
      icon={FilterX}
      title="The filter in this address cannot be read"
      actions={
        <Button asChild>
          <Link href={all.href}>{all.words}</Link>
        </Button>
      }
    >
      <code className="font-mono text-ink">{field}</code> {problem}. Nothing is shown, because it could be the wrong
      list.
    </Notice>
  );
}
