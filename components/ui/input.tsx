import type { ComponentProps } from "react";
import { cn } from "./cn";

const field =
  "w-full rounded-md border border-line-strong bg-raised px-2.5 text-base text-ink transition-colors duration-150 hover:border-faint focus-visible:border-accent focus-visible:outline-offset-0 aria-invalid:border-red";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input className={cn(field, "h-8", className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return <textarea className={cn(field, "min-h-16 resize-y py-1.5", className)} {...props} />;
}
