import { cn } from "./cn";

/** A grey placeholder. Give it the size of its content. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden="true" className={cn("animate-quiet-pulse rounded-sm bg-hover", className)} />;
}
