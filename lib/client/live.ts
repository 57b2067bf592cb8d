/** Whether what is on screen is current. The page's query writes it, the top line reads it. */
import { createStore } from "./store";

export type LiveState = "live" | "reconnecting" | "paused" | "signed_out";

const state = createStore<LiveState>("live");

export const reportLive = state.set;
export const useLiveState = () => state.use();

/** The page that reported is gone: the next one has not said anything yet. */
export function forgetLive(): void {
  state.set("live");
}
