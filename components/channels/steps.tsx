import type { ReactNode } from "react";

/** Where to get what a channel needs, step by step. Its children are `<li>`. */
export function Steps({ children }: { children: ReactNode }) {
  return (
    <ol className="list-decimal space-y-1 rounded-md bg-sunken py-2 pr-3 pl-7 text-pretty text-quiet marker:text-faint">
      {children}
    </ol>
  );
}
