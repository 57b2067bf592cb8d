/** The types of sources without their schemas, which the browser need not load. */
export type { LastRejection, SentSample, Source, SourceProvider, SourceWithUrl } from "./api/sources";

/** A wrong URL that a sender posted to: `POST /webhooks/stripe`, without tokens. "unknown" is none of our providers. */
export interface WrongAddress {
  provider: string;
  request: string;
  count: number;
  last_at: string;
}
