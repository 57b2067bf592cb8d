import { SINGLE_SIGN_ON_REFUSALS } from "@/lib/contract/single-sign-on";
import type { StaffAction } from "@/lib/contract/staff";
import { scopeText } from "../staff-text";

/** What a log line says besides who, what and whom; null for nothing more. `time` formats times for the reader. */
export function detailText({ action, details }: StaffAction, time: (iso: string) => string): string | null {
  if (action === "staff.change_role") return `${text(details.from)} → ${text(details.to)}`;
  if (action === "token.hand_over") return `${text(details.from)} → ${text(details.to)}`;
  if (action === "sign_in.refuse") {
    const from = details.address ? `, from ${text(details.address)}` : "";
    if (details.left_out) return `more than are listed this hour (${text(details.left_out)} or more left out)${from}`;
    return `${refused(text(details.reason))}${from}`;
  }
  if (action === "staff.change_organisations") return `${scope(details.from)} → ${scope(details.to)}`;
  if (action === "staff.invite") {
    return `as ${text(details.role)}${details.organisations ? ` for ${scope(details.organisations)}` : ""}`;
  }
  const { name: _, ...rest } = details;
  const parts = Object.entries(action.startsWith("token.") ? rest : details)
    .filter(([, value]) => value !== null && !isEmpty(value))
    .map(([key, value]) => {
      if (key === "reason") return `“${text(value)}”`;
      if (key.endsWith("_at") && typeof value === "string") return `${key.slice(0, -3)} ${time(value)}`;
      return `${key.replaceAll("_", " ")}: ${text(value)}`;
    });
  return parts.length > 0 ? parts.join(" · ") : null;
}

const REFUSED: Readonly<Record<string, string>> = {
  wrong: "wrong e-mail or password",
  disabled: "the account is disabled",
  too_many_attempts: "too many attempts",
};

function refused(reason: string): string {
  const bySingleSignOn: Readonly<Record<string, { audited: string }>> = SINGLE_SIGN_ON_REFUSALS;
  return REFUSED[reason] ?? bySingleSignOn[reason]?.audited ?? reason;
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function scope(value: unknown): string {
  return scopeText(Array.isArray(value) ? value.map(String) : null);
}

function text(value: unknown): string {
  if (Array.isArray(value)) return value.map(text).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
