import { SearchX } from "lucide-react";
import Link from "next/link";
import { Notice } from "@/components/notice";
import { Button } from "@/components/ui/button";

export default function AlertNotFound() {
  return (
    <Notice
      heading="h1"
      icon={SearchX}
      title="There is no alert with this id"
      actions={
        <Button asChild variant="primary">
          <Link href="/alerts">Show all alerts</Link>
        </Button>
      }
    >
      Ids look like <code className="font-mono">al_123</code>. Alerts of other organisations are not shown.
    </Notice>
  );
}
