import { Lock } from "lucide-react";
import Link from "next/link";
import { Notice } from "@/components/notice";
import { Button } from "@/components/ui/button";

/** A page that this person's role may not see: HTTP 403. */
export default function Forbidden() {
  return (
    <Notice
      icon={Lock}
      title="Your role may not see this page"
      actions={
        <Button asChild>
          <Link href="/">Go to the overview</Link>
        </Button>
      }
    >
      Ask an administrator for another role if you need it.
    </Notice>
  );
}
