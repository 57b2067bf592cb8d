import { useQuery } from "@tanstack/react-query";
import { searchQuery } from "./queries/frame";
import { useDebounced } from "./use-debounced";

/** Longer than a pause between two keys while typing. */
const TYPING_MS = 120;

/** What the typed text may refer to, searched when the user stops typing. */
export function useSearch(text: string) {
  const query = useDebounced(text.trim(), TYPING_MS);
  const { data, error, isFetching } = useQuery(searchQuery(query));
  // Until the answer for this text has arrived, `found` is the answer for an earlier one.
  const isPending = query !== text.trim() || isFetching;
  return { found: query === "" ? undefined : data, error, isPending };
}
