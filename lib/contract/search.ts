/** What `GET /api/search` finds, without the schemas that declare it. */
export type { Found, FoundDestination, FoundEvent, FoundReplay } from "./api/search";
