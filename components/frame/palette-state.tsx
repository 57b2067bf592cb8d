import { LoaderCircle } from "lucide-react";
import type { useSearch } from "@/lib/client/search";
import { Problem } from "../forms/problem";

/** The state of the search in words. Renders nothing while nothing is typed. */
export function PaletteState({ text, search }: { text: string; search: ReturnType<typeof useSearch> }) {
  const { found, error, isPending } = search;
  if (text === "") return null;
  if (error) {
    return (
      <div className="px-2 pb-2">
        <Problem error={error} before="The search failed." />
      </div>
    );
  }
  if (isPending || !found) {
    // An earlier answer is still shown: a loading text as well would only flicker.
    if (found) return null;
    return (
      <p className="flex h-9 items-center gap-2 px-2 text-quiet" role="status">
        <LoaderCircle aria-hidden="true" className="size-4 animate-spin motion-reduce:animate-none" /> Searching…
      </p>
    );
  }
  const nothing = Object.values(found).every((list: unknown[]) => list.length === 0);
  if (!nothing) return null;
  return (
    <p className="text-pretty px-2 py-2 text-quiet" role="status">
      No matching event, replay, destination or organisation. Keys and organisations match from their beginning.
    </p>
  );
}
