import { TextSearch } from "lucide-react";
import type { ProblemInit } from "@/lib/errors";
import { Notice } from "../notice";

/** An abandoned payload search: what to do, below the filter that can be narrowed. */
export function SearchTooWide({ title, detail }: ProblemInit) {
  return (
    <Notice icon={TextSearch} title={title}>
      {detail}
    </Notice>
  );
}
