/** The types of `GET /api/search`, without the schemas. */
export type { Found, FoundAlert, FoundAlertRule, FoundDestination, FoundEvent, FoundReplay } from "./api/search";
