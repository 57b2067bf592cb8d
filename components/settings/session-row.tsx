import type { StaffSession } from "@/lib/contract/staff";
import { InertText } from "../inert-text";
import { type Columns, cellClass, rowClass } from "../table/data-table";
import { RelativeTime } from "../time";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { deviceText } from "./device-text";

export const SESSION_COLUMNS: Columns = [
  { title: "Device" },
  { title: "Address", className: "md:w-48 md:max-lg:hidden" },
  { title: "Signed in", className: "md:w-32" },
  { title: "Last seen", className: "md:w-32" },
  { title: "Actions", className: "md:w-24" },
];

/** One session: its browser, and how to end it. */
export function SessionRow({
  session,
  disabled,
  onEnd,
}: {
  session: StaffSession;
  disabled: boolean;
  onEnd: () => void;
}) {
  const { address, user_agent, created_at, last_seen_at, is_current } = session;
  const device = deviceText(user_agent);
  return (
    <tr data-testid="session-row" className={rowClass}>
      <td className={cn(cellClass, "md:h-14")}>
        <p className="truncate font-medium" title={user_agent}>
          <InertText text={device} />
        </p>
        <p className="truncate text-quiet text-sm">
          {is_current ? <span className="text-green">This device</span> : <InertText text={address} />}
        </p>
      </td>
      <td className={cn(cellClass, "truncate text-quiet max-lg:hidden")}>
        <InertText text={address} />
      </td>
      <td className={cn(cellClass, "text-quiet tabular-nums max-md:col-start-1 max-md:row-start-2")}>
        <span className="md:hidden">Signed in </span>
        <RelativeTime at={created_at} />
      </td>
      <td className={cn(cellClass, "text-quiet tabular-nums max-md:col-start-2 max-md:row-start-2 max-md:text-right")}>
        <span className="md:hidden">Last seen </span>
        <RelativeTime at={last_seen_at} />
      </td>
      <td className={cn(cellClass, "text-right max-md:col-start-2 max-md:row-start-1")}>
        <Button
          size="sm"
          data-testid="session-end"
          aria-label={is_current ? "Sign out this device" : `End the session of ${device}`}
          disabled={disabled}
          onClick={onEnd}
        >
          {is_current ? "Sign out" : "End"}
        </Button>
      </td>
    </tr>
  );
}
