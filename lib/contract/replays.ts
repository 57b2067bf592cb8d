/** The types of replays without their schemas, which the browser need not load. */
export type { Notice, Replay, ReplayAnswer, ReplayPage, ReplayRequested, ReplaySummary } from "./api/replay-answers";
export type { ReplayItem } from "./api/replay-items";
export type { ReplayPreview, Split } from "./api/replay-preview";
export type { ReplayKind } from "./api/values";
