import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./cn";

const button = cva(
  "inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors duration-150 disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-not-allowed [&_svg]:size-3.5 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary:
          "bg-accent text-accent-ink hover:bg-accent-strong aria-disabled:bg-hover aria-disabled:text-faint aria-disabled:ring-1 aria-disabled:ring-line aria-disabled:ring-inset",
        danger: "bg-red text-page hover:opacity-90",
        secondary: "border border-line-strong bg-raised text-ink hover:bg-hover",
        ghost: "text-quiet hover:bg-hover hover:text-ink",
      },
      size: {
        sm: "h-7 px-2 text-sm",
        md: "h-8 px-3 text-base",
        icon: "size-8 [&_svg]:size-4",
      },
    },
    defaultVariants: { variant: "secondary", size: "md" },
  },
);

export interface ButtonProps extends ComponentProps<"button">, VariantProps<typeof button> {
  /** Applies its styles to the only child, e.g. a link, instead of rendering a button. */
  asChild?: boolean;
}

export function Button({ className, variant, size, asChild, type = "button", ...props }: ButtonProps) {
  const Component = asChild ? Slot.Root : "button";
  return <Component className={cn(button({ variant, size }), className)} {...(asChild ? {} : { type })} {...props} />;
}
