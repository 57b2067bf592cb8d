import type { LucideIcon } from "lucide-react";
import { cn } from "../ui/cn";

export interface Look {
  icon: LucideIcon;
  tone: string;
  /** Work is in progress. */
  moving?: boolean;
}

/** Icon and label; `large` adds a tinted background, for headings. */
export function StatusBadge({
  look,
  label,
  title,
  large,
  testId,
}: {
  look: Look;
  label: string;
  title?: string;
  large?: boolean;
  testId: string;
}) {
  return (
    <span
      data-testid={testId}
      title={title}
      className={cn(
        "inline-flex shrink-0 items-center gap-1.5 whitespace-nowrap align-middle font-medium",
        look.tone,
        large && "h-6 rounded-sm bg-tint pr-2 pl-1.5",
      )}
    >
      <StatusIcon look={look} />
      {label}
    </span>
  );
}

export function StatusIcon({ look, className }: { look: Look; className?: string }) {
  const Icon = look.icon;
  return (
    <Icon
      aria-hidden="true"
      className={cn("size-3.5 shrink-0", look.tone, look.moving && "animate-quiet-pulse", className)}
      strokeWidth={2.25}
    />
  );
}
