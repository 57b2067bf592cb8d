import { useId } from "react";
import type { StaffRole } from "@/lib/contract/vocabulary";
import { ROLE_LABELS } from "../staff-text";

/** A choice of the three roles, each with what it may do. */
export function RoleChoice({ value, onChange }: { value: StaffRole; onChange: (role: StaffRole) => void }) {
  const name = useId();
  return (
    <fieldset>
      <legend className="mb-1 font-medium">Role</legend>
      <div className="space-y-1">
        {(Object.keys(ROLE_LABELS) as StaffRole[]).map((role) => (
          <label
            key={role}
            className="flex cursor-pointer gap-2.5 rounded-md border border-line px-3 py-2 transition-colors duration-150 hover:bg-hover has-checked:border-accent has-checked:bg-hover"
          >
            <input
              type="radio"
              name={name}
              value={role}
              checked={value === role}
              onChange={() => onChange(role)}
              className="mt-0.75 size-3.5 shrink-0 accent-accent"
            />
            <span>
              <span className="font-medium">{ROLE_LABELS[role].label}</span>
              <span className="block text-pretty text-quiet text-sm">{ROLE_LABELS[role].may}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
