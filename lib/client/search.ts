import { useQuery } from "@tanstack/react-query";
import { searchQuery } from "./queries/frame";
import { useDebounced } from "./use-debounced";

/** Typing is faster than this; a finger that rests is not. */
const TYPING_MS = 120;

/** What somebody may mean by what they type, asked when they stop typing. */
export function useSearch(text: string) {
  const query = useDebounced(text.trim(), TYPING_MS);
  const { data, error, isFetching } = useQuery(searchQuery(query));
  // Until the answer is that of this very text, `found` is what an earlier one said.
  const isPending = query !== text.trim() || isFetching;
  return { found: query === "" ? undefined : data, error, isPending };
}
