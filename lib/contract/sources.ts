/** The JSON of sources, without the schemas that declare it: for the browser, which need not load them. */
export type { LastRejection, SentSample, Source, SourceProvider, SourceWithUrl } from "./api/sources";

/** Where a sender posted by mistake: `POST /webhooks/stripe`, without tokens. "unknown" is none of our providers. */
export interface WrongAddress {
  provider: string;
  request: string;
  count: number;
  last_at: string;
}
