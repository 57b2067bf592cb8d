/** How many streams one person or token may have open in this process, so that no one takes all of them. */
import { environment } from "@/lib/env";
import { processSingleton } from "@/lib/process-singleton";
import { Refusal } from "@/lib/refusals";

const open = processSingleton("streams", () => new Map<string, number>());

/** Takes one of an actor's streams. The returned function frees it, once. Throws a `Refusal` when all are taken. */
export function takeStream({ kind, id }: { kind: string; id: string }): () => void {
  const whose = `${kind} ${id}`;
  const most = environment().STREAMS_PER_PERSON;
  const count = open.get(whose) ?? 0;
  if (count >= most) throw new Refusal("too_many_streams", { most });
  open.set(whose, count + 1);
  let isTaken = true;
  return () => {
    if (!isTaken) return;
    isTaken = false;
    const left = (open.get(whose) ?? 1) - 1;
    if (left > 0) open.set(whose, left);
    else open.delete(whose);
  };
}
