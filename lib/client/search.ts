import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Found } from "@/lib/contract/search";
import { keys } from "./keys";
import { requestJson } from "./request";

/** Typing is faster than this; a finger that rests is not. */
const TYPING_MS = 120;

/** What somebody may mean by what they type, asked when they stop typing. */
export function useSearch(text: string) {
  const query = useDebounced(text.trim());
  const search = useQuery({
    queryKey: keys.search(query),
    queryFn: ({ signal }) => requestJson<Found>(`/api/search?${new URLSearchParams({ q: query })}`, { signal }),
    enabled: query !== "",
    placeholderData: query === "" ? undefined : keepPreviousData,
    retry: false,
    staleTime: 5_000,
  });
  const { data, error, isFetching } = search;
  // Until the answer is that of this very text, `found` is what an earlier one said.
  const isPending = query !== text.trim() || isFetching;
  return { found: query === "" ? undefined : data, error, isPending };
}

function useDebounced(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
