/** The choices of the recovery form, each with its label. */

import type { SelectOptions } from "../forms/select-field";
import { CANARY, STOP_AT } from "./recovery-options";

export const CANARIES: SelectOptions = [
  ["5", "5 events"],
  [String(CANARY), `${CANARY} events`],
  ["25", "25 events"],
  ["100", "100 events"],
];

export const LIMITS: SelectOptions = [
  ["0.05", "More than 5 % fail"],
  [String(STOP_AT), "More than 20 % fail"],
  ["0.5", "More than 50 % fail"],
];

export const PAUSES: SelectOptions = [
  ["0", "None"],
  ["30", "30 s"],
  ["300", "5 min"],
];

export const RATES: SelectOptions = [
  ["", "No rate limit"],
  ["20", "20 per second"],
  ["5", "5 per second"],
];
