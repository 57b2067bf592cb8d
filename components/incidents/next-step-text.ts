/** The one thing to do next, as the state of an incident and its steps say it. */
import { INCIDENT_STEP, type Incident, isClosed } from "@/lib/contract/incident-words";
import { count, plural } from "../format";
import { toRecover, unacceptedOf } from "./words";

export type NextAction = "find" | "start" | "resume" | "verify" | "accept" | "evidence";

export interface NextStep {
  tone: "calm" | "moving" | "waiting" | "wrong" | "done";
  title: string;
  detail: string;
  actions: NextAction[];
}

export function nextStepOf(incident: Incident): NextStep {
  const { state, steps, counts } = incident;
  const at = (status: string) => steps.find((step) => step.status === status);
  if (isClosed(state)) {
    return {
      tone: "done",
      title: state === "closed" ? "It is over: nothing is left." : "It is over, with exceptions.",
      detail: "The evidence bundle lists every repair. It is signed, and what is in it can be checked later.",
      actions: ["evidence"],
    };
  }
  const failed = at("failed");
  if (failed) {
    return {
      tone: "wrong",
      title: `${INCIDENT_STEP[failed.step].subject} stopped.`,
      detail: failed.reason ?? "No reason was recorded.",
      actions: wayOutOf(failed.step, counts.still_missing),
    };
  }
  const running = at("running");
  if (running) {
    const { subject, does } = INCIDENT_STEP[running.step];
    return {
      tone: "moving",
      title: `${subject} is running.`,
      detail: running.reason ?? `${does} You can leave this page.`,
      actions: [],
    };
  }
  const waiting = at("waiting");
  if (waiting?.step === "preview") {
    return {
      tone: "waiting",
      title: `Check the preview, then start the recovery of ${plural(toRecover(incident), "event")}.`,
      detail: "A canary goes first. If it fails, nothing else is delivered.",
      actions: ["start"],
    };
  }
  const lost = unacceptedOf(incident);
  if (lost > 0 && counts.affected + counts.recovered === 0) {
    return {
      tone: "waiting",
      title: `${plural(lost, "event")} cannot be brought back. An administrator has to accept ${lost === 1 ? "it" : "them"}.`,
      detail: "Each says why. Accepted by name and with a reason, the incident closes with exceptions.",
      actions: ["accept", "verify"],
    };
  }
  if (waiting) {
    return {
      tone: "waiting",
      title: `${INCIDENT_STEP[waiting.step].subject} is waiting.`,
      detail: waiting.reason ?? "It continues by itself.",
      actions: [],
    };
  }
  if (state === "recovering" || state === "verifying") {
    if (counts.still_missing > 0 && steps.some(({ step, status }) => step === "verify" && status === "done")) {
      return {
        tone: "wrong",
        title: `${count(counts.still_missing)} of ${plural(counts.total, "event")} are still missing.`,
        detail:
          "The verification did not find them in their targets. Find out why and recover them again, or accept the loss.",
        actions: ["find", "accept"],
      };
    }
    return { tone: "moving", title: "The recovery continues.", detail: "You can leave this page.", actions: [] };
  }
  return {
    tone: "calm",
    title: state === "reopened" ? "It was reopened. Find out what is affected now." : "Find out what is affected.",
    detail:
      "Asks the providers what never arrived, finds what failed and what is stale, and prepares a preview. Nothing is delivered.",
    actions: ["find"],
  };
}

function wayOutOf(step: Incident["steps"][number]["step"], stillMissing: number): NextAction[] {
  if (isBeforeDelivery(step)) return ["find"];
  if (step !== "verify") return ["resume"];
  return stillMissing > 0 ? ["resume", "verify", "accept"] : ["resume", "verify"];
}

function isBeforeDelivery(step: Incident["steps"][number]["step"]): boolean {
  return step === "find_missing" || step === "find_failed" || step === "find_stale" || step === "preview";
}
