import { SlidersHorizontal } from "lucide-react";
import { Checklist } from "../filters/checklist";
import { Button } from "../ui/button";
import { Popover, PopoverContent, PopoverTrigger } from "../ui/popover";
import { COLUMNS, type Column } from "./columns";
import { useChangePreferences, useTablePreferences } from "./preferences-context";
import { ALWAYS } from "./table-preferences";

const DENSITIES = [
  { label: "Dense", roomy: false },
  { label: "Comfortable", roomy: true },
];

const columns = (Object.keys(COLUMNS) as Column[])
  .filter((name) => !ALWAYS.includes(name))
  .map((value) => ({ value, label: COLUMNS[value].title }));

/** Chooses columns and density. */
export function DisplayOptionsMenu() {
  const look = useTablePreferences();
  const onChange = useChangePreferences();
  return (
    <Popover>
      <PopoverTrigger asChild>
        <Button variant="ghost" size="sm" className="max-md:h-9" title="Columns and density" data-testid="view-menu">
          <SlidersHorizontal /> <span className="md:max-2xl:sr-only">View</span>
        </Button>
      </PopoverTrigger>
      <PopoverContent align="end">
        <fieldset className="p-1">
          <legend className="px-1 pt-1 text-faint text-sm">Rows</legend>
          <div className="mt-1 flex rounded-md bg-hover p-0.5">
            {DENSITIES.map(({ label, roomy }) => (
              <button
                key={label}
                type="button"
                aria-pressed={look.roomy === roomy}
                onClick={() => onChange({ ...look, roomy })}
                className="h-7 flex-1 rounded-sm px-3 text-quiet text-sm aria-pressed:bg-raised aria-pressed:font-medium aria-pressed:text-ink"
              >
                {label}
              </button>
            ))}
          </div>
        </fieldset>
        <fieldset className="-mx-1 mt-1 border-t p-1">
          <legend className="sr-only">Columns</legend>
          <p aria-hidden="true" className="px-2 pt-1 text-faint text-sm">
            Columns
          </p>
          <Checklist
            options={columns}
            chosen={look.columns}
            onChange={(chosen = []) => onChange({ ...look, columns: withAlways(chosen) })}
          />
        </fieldset>
      </PopoverContent>
    </Popover>
  );
}

function withAlways(chosen: Column[]): Column[] {
  return (Object.keys(COLUMNS) as Column[]).filter((name) => ALWAYS.includes(name) || chosen.includes(name));
}
