/** The types of replays without their schemas, which the browser need not load. */
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
