"use client";

import { DropdownMenu as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./cn";

export const Menu = Radix.Root;
export const MenuTrigger = Radix.Trigger;
export const MenuRadioGroup = Radix.RadioGroup;

export function MenuContent({ className, ...props }: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Portal>
      <Radix.Content
        align="end"
        sideOffset={4}
        collisionPadding={8}
        className={cn(
          "z-40 min-w-44 animate-rise rounded-md border border-line bg-raised p-1 shadow-float outline-none",
          className,
        )}
        {...props}
      />
    </Radix.Portal>
  );
}

const item =
  "flex h-8 cursor-default select-none items-center gap-2 rounded-sm px-2 text-base outline-none data-[highlighted]:bg-hover data-[state=checked]:text-accent [&_svg]:size-3.5 [&_svg]:text-faint";

export function MenuItem({ className, ...props }: ComponentProps<typeof Radix.Item>) {
  return <Radix.Item className={cn(item, className)} {...props} />;
}

export function MenuRadioItem({ className, ...props }: ComponentProps<typeof Radix.RadioItem>) {
  return <Radix.RadioItem className={cn(item, className)} {...props} />;
}

export function MenuSeparator() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;
}
