/** The choices of the replay form, each with its label. */
import type { SelectOptions } from "../forms/select-field";

export const WHEN: SelectOptions = [
  ["now", "Now"],
  ["later", "Later…"],
];

export const RATES: SelectOptions = [
  ["full", "No rate limit"],
  ["20", "20 per second"],
  ["5", "5 per second"],
  ["1", "1 per second"],
];

export const TRIALS: SelectOptions = [
  ["0", "All at once"],
  ["1", "1, then the rest"],
  ["5", "5, then the rest"],
  ["20", "20, then the rest"],
];

export const THRESHOLDS: SelectOptions = [
  ["never", "Never"],
  ["0.05", "More than 5 % fail"],
  ["0.2", "More than 20 % fail"],
  ["0.5", "More than 50 % fail"],
];

export const TRIES: SelectOptions = [
  ["usual", "As the destination is configured"],
  ["none", "Never"],
  ["1", "Once"],
  ["3", "Three times"],
];

export const ROUTES: SelectOptions = [
  ["original", "Original destinations"],
  ["current", "Current routing too"],
];

export const PAUSES: SelectOptions = [
  ["0", "None"],
  ["5", "5 s after every 100"],
  ["60", "1 min after every 100"],
];
