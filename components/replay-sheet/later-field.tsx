import { useId } from "react";
import { fieldTime, utcTime } from "../format";
import { Input } from "../ui/input";

const OFF_PEAK_HOUR = 2;

/** Two o'clock of the coming night, in the reader's time zone. */
export function nextOffPeak(now = new Date()): string {
  const at = new Date(now);
  at.setHours(OFF_PEAK_HOUR, 0, 0, 0);
  if (at <= now) at.setDate(at.getDate() + 1);
  return at.toISOString();
}

/** When a scheduled replay starts: entered in the reader's time zone, also shown in UTC. */
export function LaterField({ value, onChange }: { value: string | undefined; onChange: (iso: string) => void }) {
  const id = useId();
  return (
    <div className="mt-3">
      <label htmlFor={id} className="mb-1 block text-quiet text-sm">
        Starts at (your time zone)
      </label>
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Input
          id={id}
          type="datetime-local"
          className="w-56"
          defaultValue={value && fieldTime(value).slice(0, 16)}
          onChange={(event) => {
            const at = new Date(event.target.value);
            if (!Number.isNaN(at.getTime())) onChange(at.toISOString());
          }}
        />
        {value && <span className="text-faint text-sm tabular-nums">{utcTime(value).replace(/:\d\d\.\d+/, "")}</span>}
      </span>
    </div>
  );
}
