import { SearchX } from "lucide-react";
import Link from "next/link";
import { Notice } from "@/components/notice";
import { Button } from "@/components/ui/button";

export default function DestinationNotFound() {
  return (
    <Notice
      heading="h1"
      icon={SearchX}
      title="There is no destination with this id"
      actions={
        <Button asChild variant="primary">
          <Link href="/destinations">Show all destinations</Link>
        </Button>
      }
    >
      Ids look like <code className="font-mono">ds_12</code>. It may have been deleted; what it received is in the
      history.
    </Notice>
  );
}
