import { cn } from "./cn";

/** A grey place where something will be. Give it the size of that thing. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden="true" className={cn("animate-quiet-pulse rounded-sm bg-hover", className)} />;
}
