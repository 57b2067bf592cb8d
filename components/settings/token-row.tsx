import { useNow } from "@/lib/client/clock";
import type { ApiToken } from "@/lib/contract/staff";
import { InertText } from "../inert-text";
import { ROLE_LABELS } from "../staff-text";
import { type Columns, cellClass, rowClass } from "../table/data-table";
import { RelativeTime, useTimeFormat } from "../time";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { Tooltip } from "../ui/tooltip";
import { SCOPE_LABELS } from "./labels";
import { ScopeLine } from "./scope-line";

export const TOKEN_COLUMNS: Columns = [
  { title: "Token" },
  { title: "May", className: "" },
  { title: "Created by", className: "md:w-40 md:max-xl:hidden" },
  { title: "Last used", className: "md:w-28" },
  { title: "Ends", className: "md:w-32" },
  { title: "Actions", className: "md:w-24" },
];

const SOON_MS = 7 * 24 * 60 * 60 * 1000;

/** One token: its permissions, when it was used, and when it expires. */
export function TokenRow({ token, onRevoke }: { token: ApiToken; onRevoke: () => void }) {
  const { name, kind, hint, role, scopes, organisations, created_by, last_used_at, status } = token;
  const ended = status === "revoked" || status === "expired";
  return (
    <tr data-testid="token-row" className={cn(rowClass, ended && "text-quiet")}>
      <td className={cellClass}>
        <p className="truncate font-medium" title={name}>
          <InertText text={name} />
        </p>
        <p className="truncate font-mono text-quiet text-sm">
          {kind === "console" ? "rd_" : "eyJ"}…{hint}
        </p>
      </td>
      <td className={cn(cellClass, "max-md:col-span-2 max-md:row-start-2")}>
        <span className="text-pretty">
          {role
            ? `Everything the role ${ROLE_LABELS[role].label} may`
            : scopes.map((scope) => SCOPE_LABELS[scope]?.label ?? scope).join(", ")}
        </span>
        <ScopeLine organisations={organisations} />
      </td>
      <td className={cn(cellClass, "truncate text-quiet max-xl:hidden")}>
        <InertText text={created_by} />
      </td>
      <td
        data-testid="token-last-used"
        className={cn(cellClass, "text-quiet tabular-nums max-md:col-start-1 max-md:row-start-3")}
      >
        <span className="md:hidden">Last used: </span>
        {last_used_at ? <RelativeTime at={last_used_at} /> : "never"}
      </td>
      <td className={cn(cellClass, "text-quiet tabular-nums max-md:col-start-2 max-md:row-start-3 max-md:text-right")}>
        {status === "active" && <span className="md:hidden">Ends </span>}
        <End token={token} />
      </td>
      <td className={cn(cellClass, "text-right max-md:col-start-2 max-md:row-start-1")}>
        {!ended && (
          <Button size="sm" data-testid="token-revoke" aria-label={`Revoke ${name}`} onClick={onRevoke}>
            Revoke…
          </Button>
        )}
      </td>
    </tr>
  );
}

function End({ token: { status, expires_at, revoked_at } }: { token: ApiToken }) {
  if (status === "revoked" && revoked_at) {
    return (
      <>
        Revoked <RelativeTime at={revoked_at} />
      </>
    );
  }
  if (status === "expired") {
    return (
      <>
        Expired <RelativeTime at={expires_at} />
      </>
    );
  }
  if (status === "owner_disabled") return <span className="text-amber">Inactive: its owner is disabled</span>;
  return <EndDay at={expires_at} />;
}

/** The day, or the time left in the last week. */
function EndDay({ at }: { at: string }) {
  const isSoon = Date.parse(at) - useNow() < SOON_MS;
  const format = useTimeFormat();
  if (isSoon) return <RelativeTime at={at} className="text-amber" />;
  // `20 Feb 2027, 08:35:38` in the browser, `2027-02-20 08:35:38 UTC` on the server.
  return (
    <Tooltip content={format(at)}>
      <time dateTime={at}>{/^\d{4}-\d\d-\d\d|^[^,]+/.exec(format(at))?.[0]}</time>
    </Tooltip>
  );
}
