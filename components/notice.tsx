import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

/** A page or a list without content: says why, and what to do. */
export function Notice({
  icon: Icon,
  title,
  children,
  actions,
  heading: Heading = "h2",
}: {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  /** h1 when the notice is the whole page. */
  heading?: "h1" | "h2";
}) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center px-4 py-16 text-center">
      <Icon aria-hidden="true" className="mb-3 size-5 text-faint" />
      <Heading className="font-semibold text-lg">{title}</Heading>
      {children && <div className="mt-1 text-pretty text-quiet">{children}</div>}
      {actions && <div className="mt-4 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}
