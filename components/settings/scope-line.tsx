import { InertText } from "../inert-text";
import { scopeText } from "../staff-text";

/** The organisations a person is limited to; nothing for a person without a limit. */
export function ScopeLine({ organisations }: { organisations: readonly string[] | null }) {
  if (organisations === null) return null;
  const words = scopeText(organisations);
  return (
    <span data-testid="scope" className="block truncate text-quiet text-sm" title={organisations.join(", ")}>
      <InertText text={words} />
    </span>
  );
}
