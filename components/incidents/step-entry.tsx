import {
  INCIDENT_STEP,
  INCIDENT_STEP_STATUS,
  type Incident,
  type IncidentStepState,
} from "@/lib/contract/incident-words";
import { duration } from "../format";
import { InertText } from "../inert-text";
import { StatusIcon } from "../status/status-badge";
import { cn } from "../ui/cn";
import { foundText, notAskedIn } from "./found-text";
import { STEP_STYLE } from "./incident-status";
import { PreviewFacts } from "./preview-facts";
import { RunLinks } from "./run-links";
import { StageList } from "./stage-list";

/** One step: its state, what it found or will do, and what ran for it. */
export function StepEntry({ number, step, incident }: { number: number; step: IncidentStepState; incident: Incident }) {
  const { label, does } = INCIDENT_STEP[step.step];
  const look = STEP_STYLE[step.status];
  const found = foundText(step, incident);
  const notAsked = notAskedIn(step.found);
  return (
    <li className="group/step relative pb-4 pl-8" data-testid={`step-${step.step}`} data-status={step.status}>
      <span
        aria-hidden="true"
        className="absolute top-6 bottom-0 left-[0.5625rem] w-px bg-line group-last/step:hidden"
      />
      <span className="absolute top-0.5 left-0 grid size-5 place-items-center rounded-full bg-page">
        <StatusIcon look={look} className="size-4" />
      </span>
      <div className="flex flex-wrap items-baseline gap-x-2">
        <h3 className={cn("font-medium", step.status === "pending" && "text-quiet")}>
          <span className="sr-only">Step {number}: </span>
          {label}
        </h3>
        <span className={cn("text-sm", look.tone)}>{INCIDENT_STEP_STATUS[step.status].label}</span>
        {step.started_at && step.ended_at && (
          <span className="ml-auto text-faint text-sm tabular-nums">
            {duration(Date.parse(step.ended_at) - Date.parse(step.started_at))}
          </span>
        )}
      </div>
      {found ? (
        <p className="text-pretty tabular-nums" data-testid="step-found">
          {found}
        </p>
      ) : (
        step.status !== "done" && <p className="max-w-[44rem] text-pretty text-quiet">{does}</p>
      )}
      {step.reason && (
        <p
          className={cn(
            "max-w-[44rem] text-pretty [overflow-wrap:anywhere]",
            step.status === "failed" ? "text-red" : step.status === "waiting" ? "text-amber" : "text-quiet",
          )}
          data-testid="step-reason"
        >
          <InertText text={step.reason} />
        </p>
      )}
      {notAsked.length > 0 && (
        <ul className="max-w-[44rem] text-amber text-sm">
          {notAsked.map(({ name, reason }) => (
            <li key={`${name} ${reason}`} className="text-pretty [overflow-wrap:anywhere]">
              <InertText text={`${name} was not asked${reason ? `: ${reason}` : "."}`} />
            </li>
          ))}
        </ul>
      )}
      {step.step === "preview" && (step.status === "waiting" || step.status === "done") && (
        <PreviewFacts found={step.found} />
      )}
      {step.step === "find_missing" && <RunLinks runs={incident.runs} purpose="find" />}
      {step.step === "canary" && <StageList stages={incident.stages.filter(({ number }) => number === 1)} />}
      {step.step === "run" && <StageList stages={incident.stages.filter(({ number }) => number > 1)} />}
      {step.step === "verify" && <RunLinks runs={incident.runs} purpose="verify" />}
    </li>
  );
}
