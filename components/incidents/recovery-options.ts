/** How a recovery runs, before a user changes it. */
import type { RecoverAsk } from "@/lib/client/incidents";
import type { Incident } from "@/lib/contract/incident-words";
import { plural } from "../format";
import { toRecover } from "./words";

export const CANARY = 10;
export const STOP_AT = 0.2;

export function defaultRecovery(incident: Incident): RecoverAsk {
  return {
    until: "end",
    reason: `The preview is checked: recover ${plural(toRecover(incident), "event")} of ${incident.id}.`,
    options: { canary: CANARY, stopOnFailureRate: STOP_AT },
    pause_seconds: 0,
  };
}
