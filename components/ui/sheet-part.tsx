import type { ReactNode } from "react";

/** A part of a sheet under a heading. `busy` fades what is being read again. */
export function SheetPart({ title, busy, children }: { title: string; busy?: boolean; children: ReactNode }) {
  return (
    <section aria-label={title} aria-busy={busy} className="border-b pt-4 pb-4">
      <h3 className="mb-1 text-faint text-sm">{title}</h3>
      <div className={busy ? "opacity-60 transition-opacity duration-150" : undefined}>{children}</div>
    </section>
  );
}
