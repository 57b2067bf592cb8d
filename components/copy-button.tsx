"use client";

import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { copyText } from "@/lib/client/clipboard";
import { Button } from "./ui/button";
import { cn } from "./ui/cn";

const CONFIRM_MS = 1_500;

/** Copies `text`. `what` names it ("event key"), `label` is a word next to the icon. */
export function CopyButton({
  text,
  what,
  label,
  className,
}: {
  text: string;
  what: string;
  label?: string;
  className?: string;
}) {
  const [copied, setCopied] = useState(false);
  async function copy() {
    if (!(await copyText(text))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), CONFIRM_MS);
  }
  return (
    <Button
      variant="ghost"
      size={label ? "sm" : "icon"}
      className={cn("h-6 text-faint [&_svg]:size-3.5", label ? "px-1.5" : "w-6", copied && "text-green", className)}
      aria-label={copied ? "Copied" : `Copy ${what}`}
      title={copied ? "Copied" : `Copy ${what}`}
      onClick={copy}
    >
      {copied ? <Check /> : <Copy />}
      {label}
    </Button>
  );
}
