import { SearchX } from "lucide-react";
import Link from "next/link";
import { Notice } from "@/components/notice";
import { Button } from "@/components/ui/button";

export default function ReplayNotFound() {
  return (
    <Notice
      heading="h1"
      icon={SearchX}
      title="There is no replay with this id"
      actions={
        <Button asChild variant="primary">
          <Link href="/replays">Show all replays</Link>
        </Button>
      }
    >
      Ids look like <code className="font-mono">wr_123</code>.
    </Notice>
  );
}
