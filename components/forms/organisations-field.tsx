import { useId } from "react";
import { Input } from "../ui/input";

/** The organisations in a form: all, or the named ones. */
export interface OrganisationsDraft {
  all: boolean;
  /** As typed: names with commas between them. */
  names: string;
}

export function draftOf(organisations: readonly string[] | null): OrganisationsDraft {
  return { all: organisations === null, names: organisations?.join(", ") ?? "" };
}

/** The value of the draft; null means all. */
export function organisationsIn({ all, names }: OrganisationsDraft): string[] | null {
  if (all) return null;
  return [...new Set(names.split(",").map((name) => name.trim()))].filter((name) => name !== "");
}

/** Whether it can be sent: all, or at least one name. */
export function isComplete(draft: OrganisationsDraft): boolean {
  return organisationsIn(draft)?.length !== 0;
}

/** All organisations, or only the named ones. A person who is limited cannot choose all. */
export function OrganisationsField({
  value,
  own,
  known,
  onChange,
}: {
  value: OrganisationsDraft;
  /** The organisations of the person who chooses. */
  own: readonly string[] | null;
  /** Names to suggest. */
  known: readonly string[];
  onChange: (value: OrganisationsDraft) => void;
}) {
  const id = useId();
  const suggested = own ?? known;
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">Organisations</legend>
      <div className="space-y-1.5">
        <label className="flex items-center gap-2">
          <input
            type="radio"
            name={id}
            className="accent-accent"
            checked={value.all}
            disabled={own !== null}
            onChange={() => onChange({ ...value, all: true })}
          />
          All, and events without an organisation
        </label>
        <label className="flex items-center gap-2">
          <input
            type="radio"
            name={id}
            className="accent-accent"
            data-testid="organisations-some"
            checked={!value.all}
            onChange={() => onChange({ ...value, all: false })}
          />
          Only these
        </label>
        {!value.all && (
          <div className="pl-5.5">
            <Input
              aria-label="Organisation names, separated by commas"
              required
              maxLength={4000}
              autoComplete="off"
              list={`${id}-known`}
              data-testid="organisations-names"
              placeholder="acme, globex"
              value={value.names}
              onChange={(event) => onChange({ ...value, names: event.target.value })}
            />
            <datalist id={`${id}-known`}>
              {suggested.map((name) => (
                <option key={name} value={withName(value.names, name)} />
              ))}
            </datalist>
          </div>
        )}
      </div>
    </fieldset>
  );
}

/** The text with its last name completed, because a suggestion replaces the whole field. */
function withName(typed: string, name: string): string {
  return [
    ...typed
      .split(",")
      .slice(0, -1)
      .map((one) => one.trim()),
    name,
  ].join(", ");
}
