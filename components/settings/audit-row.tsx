import Link from "next/link";
import type { StaffAction } from "@/lib/contract/staff";
import { CopyButton } from "../copy-button";
import { InertText } from "../inert-text";
import { MiddleTruncated } from "../middle-truncated";
import { ExactTime, useTimeFormat } from "../time";
import { cn } from "../ui/cn";
import { detailWords } from "./detail-words";
import { type Columns, cellLook, rowLook } from "./table";
import { actionWords, subjectAddress, subjectWords } from "./words";

export const AUDIT_COLUMNS: Columns = [
  { title: "Time", className: "md:w-48" },
  { title: "What was done" },
  { title: "Request", className: "md:w-44 md:max-lg:hidden" },
];

/** One line of the log, as a sentence: who did what to whom, and what it says about it. */
export function AuditRow({ action }: { action: StaffAction }) {
  const subject = subjectWords(action);
  const address = subjectAddress(action);
  const details = detailWords(action, useTimeFormat());
  return (
    <tr data-testid="audit-row" className={cn(rowLook, "max-md:block")}>
      <td className={cn(cellLook, "text-quiet tabular-nums md:align-top max-md:block max-md:text-sm")}>
        <ExactTime at={action.at} />
      </td>
      <td className={cn(cellLook, "max-md:block")}>
        <p className="text-pretty break-words">
          <span className="font-medium">
            <InertText text={action.actor} />
          </span>{" "}
          {actionWords(action.action)}{" "}
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
      <td className={cn(cellLook, "align-top max-lg:hidden")}>
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
