import Link from "next/link";
import type { StaffAction } from "@/lib/contract/staff";
import { CopyButton } from "../copy-button";
import { InertText } from "../inert-text";
import { MiddleTruncated } from "../middle-truncated";
import { type Columns, cellClass, rowClass } from "../table/data-table";
import { ExactTime, useTimeFormat } from "../time";
import { cn } from "../ui/cn";
import { detailText } from "./action-detail-text";
import { actionText, subjectAddress, subjectText } from "./labels";

export const AUDIT_COLUMNS: Columns = [
  { title: "Time", className: "md:w-48" },
  { title: "What was done" },
  { title: "Request", className: "md:w-44 md:max-lg:hidden" },
];

/** One line of the log, as a sentence: who did what to whom, and what it says about it. */
export function AuditRow({ action }: { action: StaffAction }) {
  const subject = subjectText(action);
  const address = subjectAddress(action);
  const details = detailText(action, useTimeFormat());
  return (
    <tr data-testid="audit-row" className={cn(rowClass, "max-md:block")}>
      <td className={cn(cellClass, "text-quiet tabular-nums md:align-top max-md:block max-md:text-sm")}>
        <ExactTime at={action.at} />
      </td>
      <td className={cn(cellClass, "max-md:block")}>
        <p className="text-pretty break-words">
          <span className="font-medium">
            <InertText text={action.actor} />
          </span>{" "}
          {actionText(action.action)}{" "}
          {subject &&
            (address ? (
              <Link href={address} prefetch={false} className="text-accent underline underline-offset-2">
                {subject}
              </Link>
            ) : (
              <span className="font-medium">
                <InertText text={subject} />
              </span>
            ))}
        </p>
        {details && (
          <p className="text-pretty break-words text-quiet text-sm">
            <InertText text={details} />
          </p>
        )}
      </td>
      <td className={cn(cellClass, "align-top max-lg:hidden")}>
        {action.request_id && (
          <span className="flex items-center gap-1 font-mono text-faint text-sm">
            <span className="min-w-0">
              <MiddleTruncated text={action.request_id} />
            </span>
            <CopyButton text={action.request_id} what="request id" />
          </span>
        )}
      </td>
    </tr>
  );
}
