import { Check, Trash2 } from "lucide-react";
import Link from "next/link";

/** A saved view as a link. `onDelete` is there for those of the reader. */
export function ViewLine({
  name,
  query,
  current,
  onOpen,
  onDelete,
}: {
  name: string;
  query: string;
  current: string;
  onOpen: () => void;
  onDelete?: () => void;
}) {
  return (
    <li className="group flex h-8 items-center rounded-sm hover:bg-hover">
      <Link
        href={`/events?${query}`}
        prefetch={false}
        onClick={onOpen}
        aria-current={query === current ? "true" : undefined}
        className="flex h-full min-w-0 flex-1 items-center gap-2 rounded-sm px-2"
      >
        <span className="truncate">{name}</span>
        {query === current && <Check aria-hidden="true" className="size-3.5 shrink-0 text-accent" />}
      </Link>
      {onDelete && (
        <button
          type="button"
          aria-label={`Delete the view ${name}`}
          title="Delete this view"
          onClick={onDelete}
          className="grid h-full w-8 place-items-center rounded-sm text-faint hover:text-red"
        >
          <Trash2 className="size-3.5" />
        </button>
      )}
    </li>
  );
}
