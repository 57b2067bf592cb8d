import type { ReactNode } from "react";
import { cn } from "./ui/cn";

/** One entry of a `<dl>`: a small label above its value, or before it in a list of two columns. */
export function Fact({
  name,
  inColumns,
  className,
  valueClass,
  children,
}: {
  name: string;
  inColumns?: boolean;
  className?: string;
  valueClass?: string;
  children: ReactNode;
}) {
  return (
    <div className={inColumns ? "contents" : className}>
      <dt className={cn("text-faint", !inColumns && "text-sm")}>{name}</dt>
      <dd className={cn("min-w-0", valueClass ?? "[overflow-wrap:anywhere]")}>{children}</dd>
    </div>
  );
}
