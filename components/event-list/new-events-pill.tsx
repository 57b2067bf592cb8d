import { ArrowUp } from "lucide-react";
import { plural } from "../format";
import { Button } from "../ui/button";

/** Announces events that arrived while the list was held still. */
export function NewEventsPill({ count, full, onShow }: { count: number; full: boolean; onShow: () => void }) {
  function show() {
    window.scrollTo({ top: 0 });
    onShow();
  }
  return (
    <div role="status" className="pointer-events-none sticky top-15 z-20 flex h-0 justify-center">
      {count > 0 && (
        <Button
          variant="primary"
          size="sm"
          onClick={show}
          className="pointer-events-auto animate-rise rounded-full px-3 shadow-float"
        >
          <ArrowUp />
          {full ? `${count}+ new events` : plural(count, "new event")}
        </Button>
      )}
    </div>
  );
}
