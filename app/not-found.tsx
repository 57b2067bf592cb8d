import { MapPinOff } from "lucide-react";
import Link from "next/link";
import { Notice } from "@/components/notice";
import { Button } from "@/components/ui/button";

export default function NotFound() {
  return (
    <main>
      <Notice
        heading="h1"
        icon={MapPinOff}
        title="There is no page at this address"
        actions={
          <Button asChild variant="primary">
            <Link href="/">Go to the overview</Link>
          </Button>
        }
      >
        Check the address for a missing or extra character.
      </Notice>
    </main>
  );
}
