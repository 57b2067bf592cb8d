/** How often a source is compared with its provider, and what happens to what is found. */
import type { Watch } from "@/lib/contract/reconciliations";
import { call } from "@/lib/db/client";
import { argumentsOf, sourceOf } from "@/lib/queries/askable-source";
import { Refusal } from "@/lib/refusals";
import { scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";
import type { NamedSource } from "./api-credentials";

export type WatchChange = Partial<
  Pick<Watch, "enabled" | "every_seconds" | "window_seconds" | "daily_window_seconds" | "back_fills">
>;

/** Changes the given settings. Throws a `Refusal` for a source that is not the caller's. */
export async function setWatch(named: NamedSource, change: WatchChange, by: ActorContext): Promise<Watch> {
  const { ref } = sourceOf(named.provider_slug, named.source_id);
  const watch = await call("console", "set_watch", {
    ...argumentsOf(ref),
    p_change: change,
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  if (!watch) throw new Refusal("no_such_source");
  return watch;
}
