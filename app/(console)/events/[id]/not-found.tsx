import { SearchX } from "lucide-react";
import Link from "next/link";
import { Notice } from "@/components/notice";
import { Button } from "@/components/ui/button";

export default function EventNotFound() {
  return (
    <Notice
      heading="h1"
      icon={SearchX}
      title="There is no event with this id"
      actions={
        <Button asChild variant="primary">
          <Link href="/events">Search the history</Link>
        </Button>
      }
    >
      Ids look like <code className="font-mono">we_123</code>. To find an event by the provider's own id, search for its
      key.
    </Notice>
  );
}
