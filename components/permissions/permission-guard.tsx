import { cloneElement, type ReactElement } from "react";
import type { ButtonProps } from "../ui/button";
import { Tooltip } from "../ui/tooltip";

/** A button that explains why it is disabled, and can be focused so that everyone can read that. The server enforces. */
export function PermissionGuard({
  forbidden,
  children,
}: {
  forbidden: string | null;
  children: ReactElement<ButtonProps>;
}) {
  if (forbidden === null) return children;
  return (
    <Tooltip content={forbidden} side="bottom">
      {cloneElement(children, {
        onClick: undefined,
        disabled: false,
        "aria-disabled": true,
        "aria-description": forbidden,
        className: `${children.props.className ?? ""} text-faint hover:bg-transparent`,
      })}
    </Tooltip>
  );
}
