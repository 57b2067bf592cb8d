import type { ApiContext } from "@/app/api/handle";
import type { Replay } from "@/lib/contract/replays";
import { Problem } from "@/lib/errors";
import { readReplay } from "@/lib/pipeline/replay";

/** The replay of a route's `[id]`, as `wr_12`, `br_12` or `12`. Throws a 404 `Problem` when there is none for the asker. */
export async function findReplay({ params, actor }: Pick<ApiContext, "params" | "actor">): Promise<Replay> {
  const replay = await readReplay(String(params.id), actor);
  if (replay) return replay;
  throw new Problem({ status: 404, title: "There is no such replay.", detail: "Ids look like wr_123." });
}
