import type { StaffAction } from "@/lib/contract/staff";

/** What a line of the log says beside who, what and whom; null when that is all. */
export function detailWords({ action, details }: StaffAction): string | null {
  const { name: _, ...rest } = details;
  if (action === "staff.change_role") return `${text(details.from)} → ${text(details.to)}`;
  if (action === "staff.invite") return `as ${text(details.role)}`;
  const shown = action.startsWith("token.") ? rest : details;
  const parts = Object.entries(shown)
    .filter(([, value]) => value !== null && !isEmpty(value))
    .map(([key, value]) => (key === "reason" ? `“${text(value)}”` : `${key.replaceAll("_", " ")}: ${text(value)}`));
  return parts.length > 0 ? parts.join(" · ") : null;
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function text(value: unknown): string {
  if (Array.isArray(value)) return value.map(text).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
