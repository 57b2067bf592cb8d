import { Command } from "cmdk";
import type { ReactNode } from "react";

export interface GoOptions {
  /** The name under which the palette offers it as recent. */
  label?: string;
}

/** A heading and the items under it. */
export function PaletteGroup({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-faint [&_[cmdk-group-heading]]:text-sm"
    >
      {children}
    </Command.Group>
  );
}

/** One page or action. `id` is unique. */
export function PaletteItem({
  id,
  icon,
  onSelect,
  children,
  aside,
}: {
  id: string;
  icon: ReactNode;
  onSelect: () => void;
  children: ReactNode;
  aside?: ReactNode;
}) {
  return (
    <Command.Item
      value={id}
      onSelect={onSelect}
      data-testid="palette-item"
      className="flex min-h-9 cursor-default select-none items-center gap-2.5 rounded-sm px-2 py-1 outline-none data-[selected=true]:bg-hover dark:data-[selected=true]:bg-line [&_svg]:size-4 [&_svg]:shrink-0 [&>svg]:text-faint"
    >
      {icon}
      <span className="flex min-w-0 flex-1 items-center gap-2">{children}</span>
      {aside && <span className="shrink-0 text-faint text-sm">{aside}</span>}
    </Command.Item>
  );
}
