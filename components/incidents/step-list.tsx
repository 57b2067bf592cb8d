import { INCIDENT_STEPS, type Incident } from "@/lib/contract/incident-words";
import { StepEntry } from "./step-entry";

/** The steps of the recovery, in their order: what each found or did, or will do. */
export function StepList({ incident }: { incident: Incident }) {
  const known = new Map(incident.steps.map((step) => [step.step, step]));
  return (
    <section aria-label="Recovery" data-testid="steps">
      <ol className="pt-1">
        {INCIDENT_STEPS.map((step, index) => (
          <StepEntry
            key={step}
            number={index + 1}
            step={
              known.get(step) ?? { step, status: "pending", reason: null, found: {}, started_at: null, ended_at: null }
            }
            incident={incident}
          />
        ))}
      </ol>
    </section>
  );
}
