import { SEVERITY_NAME, SEVERITY_ORDER } from "@/lib/contract/channel-words";
import type { IncidentSeverity } from "@/lib/contract/incidents";
import { cn } from "../ui/cn";

/** Which severities, the worst first. Each chip is a checkbox. */
export function SeveritiesField({
  legend,
  help,
  value,
  onChange,
}: {
  legend: string;
  help?: string;
  value: readonly IncidentSeverity[];
  onChange: (value: IncidentSeverity[]) => void;
}) {
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">{legend}</legend>
      <div className="grid max-w-xl grid-cols-5 gap-1.5">
        {SEVERITY_ORDER.map((severity) => {
          const { name, hint } = SEVERITY_NAME[severity];
          const on = value.includes(severity);
          return (
            <label
              key={severity}
              title={`To be answered ${hint}`}
              className={cn(
                "cursor-pointer rounded-md border px-2 py-1.5 transition-colors duration-150 hover:bg-hover max-sm:px-1",
                on ? "border-accent" : "border-line-strong",
              )}
            >
              <span className="flex items-center gap-1.5 font-medium">
                <input
                  type="checkbox"
                  className="size-3.5 shrink-0 accent-accent"
                  checked={on}
                  onChange={() =>
                    onChange(SEVERITY_ORDER.filter((one) => (one === severity ? !on : value.includes(one))))
                  }
                />
                {severity}
              </span>{" "}
              <span className="block text-quiet text-xs">{name}</span>
            </label>
          );
        })}
      </div>
      {help && <p className="mt-1 text-pretty text-quiet text-sm">{help}</p>}
    </fieldset>
  );
}
