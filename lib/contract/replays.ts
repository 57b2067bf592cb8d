/** The JSON of replays, without the schemas that declare it: for the browser, which need not load them. */
export type {
  Notice,
  Replay,
  ReplayAnswer,
  ReplayItem,
  ReplayPage,
  ReplayPreview,
  ReplayRequested,
  ReplaySummary,
  Split,
} from "./api/replay-answers";
export type { ReplayKind } from "./api/values";
