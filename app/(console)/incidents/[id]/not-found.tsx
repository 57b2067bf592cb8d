import { SearchX } from "lucide-react";
import Link from "next/link";
import { Notice } from "@/components/notice";
import { Button } from "@/components/ui/button";

export default function IncidentNotFound() {
  return (
    <Notice
      heading="h1"
      icon={SearchX}
      title="There is no incident with this id"
      actions={
        <Button asChild variant="primary">
          <Link href="/incidents">Show all incidents</Link>
        </Button>
      }
    >
      Ids look like <code className="font-mono">in_123</code>. Incidents of other organisations are not shown.
    </Notice>
  );
}
