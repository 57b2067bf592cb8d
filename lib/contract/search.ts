/** The types of `GET /api/search`, without the schemas. */
export type { Found, FoundDestination, FoundEvent, FoundReplay } from "./api/search";
