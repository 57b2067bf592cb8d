/** Whether the data on screen is current. The page's query writes it, the top bar reads it. */
import { createStore } from "./store";

export type LiveState = "live" | "reconnecting" | "paused" | "signed_out";

const state = createStore<LiveState>("live");

export const reportLive = state.set;
export const useLiveState = () => state.use();

/** For leaving a page: the next page has not reported anything yet. */
export function forgetLive(): void {
  state.set("live");
}
