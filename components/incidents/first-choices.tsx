import type { RecoverAsk } from "@/lib/client/incidents";
import type { Incident } from "@/lib/contract/incident-words";
import { Checklist } from "../filters/checklist";

/** More than this are not offered: the most affected come first. */
const OFFERED = 12;

/** Which types and merchants run first: critical ones, so that a payment does not wait for a chat message. */
export function FirstChoices({
  incident,
  ask,
  onChange,
}: {
  incident: Incident;
  ask: RecoverAsk;
  onChange: (part: Partial<RecoverAsk>) => void;
}) {
  const types = [...new Set(incident.impact.types.map(({ event_type }) => event_type))].slice(0, OFFERED);
  const merchants = incident.impact.organisations
    .flatMap(({ org_id, counts }) => (org_id === null ? [] : [{ value: org_id, label: org_id, count: counts.total }]))
    .slice(0, OFFERED);
  return (
    <div className="mt-3 grid grid-cols-2 gap-3 max-sm:grid-cols-1">
      {types.length > 1 && (
        <Choices label="Critical types first">
          <Checklist
            options={types.map((type) => ({ value: type, label: type }))}
            chosen={ask.types_first}
            onChange={(chosen) => onChange({ types_first: chosen })}
          />
        </Choices>
      )}
      {merchants.length > 1 && (
        <Choices label="Merchants first">
          <Checklist
            options={merchants}
            chosen={ask.organisations_first}
            onChange={(chosen) => onChange({ organisations_first: chosen })}
          />
        </Choices>
      )}
    </div>
  );
}

function Choices({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-quiet text-sm">{label}</legend>
      <div className="max-h-44 overflow-y-auto rounded-md border [overflow-wrap:anywhere]">{children}</div>
    </fieldset>
  );
}
