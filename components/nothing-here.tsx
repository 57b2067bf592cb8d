import { SearchX } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { Notice } from "./notice";
import { Button } from "./ui/button";

/** What the page of one thing shows when there is none with its id. `kind` in the singular: `incident`. */
export function NothingHere({
  kind,
  list,
  id,
  label = `Show all ${kind}s`,
  children,
}: {
  kind: string;
  /** The page of all of them. */
  list: string;
  /** What its ids look like. */
  id: string;
  /** What the button that leads there says. */
  label?: string;
  children?: ReactNode;
}) {
  return (
    <Notice
      heading="h1"
      icon={SearchX}
      title={`There is no ${kind} with this id`}
      actions={
        <Button asChild variant="primary">
          <Link href={list}>{label}</Link>
        </Button>
      }
    >
      Ids look like <code className="font-mono">{id}</code>. {children}
    </Notice>
  );
}
