import { SearchX } from "lucide-react";
import Link from "next/link";
import { Notice } from "@/components/notice";
import { Button } from "@/components/ui/button";

export default function RunNotFound() {
  return (
    <Notice
      heading="h1"
      icon={SearchX}
      title="There is no run with this id"
      actions={
        <Button asChild variant="primary">
          <Link href="/reconciliation">Show all runs</Link>
        </Button>
      }
    >
      Ids look like <code className="font-mono">rc_123</code>.
    </Notice>
  );
}
