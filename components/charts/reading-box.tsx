import type { ReactNode } from "react";
import { cn } from "../ui/cn";

/** The values at the cursor, next to it. `position` is 0 at the left edge, 1 at the right. Past 0.5 it is on the left. */
export function ReadingBox({
  position,
  away = 0,
  className,
  children,
}: {
  position: number;
  /** Pixels between the cursor and the box. */
  away?: number;
  className: string;
  children: ReactNode;
}) {
  const onLeft = position > 0.5;
  return (
    <span
      className={cn(
        "absolute block rounded-md border bg-raised p-2.5 text-sm shadow-float",
        onLeft && "-translate-x-full",
        className,
      )}
      style={{ left: `calc(${position * 100}% + ${onLeft ? -away : away}px)` }}
    >
      {children}
    </span>
  );
}

/** One figure of the box. */
export function ReadingLine({
  swatch,
  name,
  value,
  strong,
}: {
  swatch?: ReactNode;
  name: string;
  value: string;
  strong?: boolean;
}) {
  return (
    <span className={cn("flex h-5 items-center gap-2", strong && "font-medium")}>
      {swatch}
      <span className="flex-1 truncate">{name}</span>
      <span className="tabular-nums">{value}</span>
    </span>
  );
}
