/** How many streams one person or token may have open in this process, so that nobody takes those of all. */
import { environment } from "@/lib/env";
import { Problem } from "@/lib/errors";
import { processSingleton } from "@/lib/process-singleton";

const open = processSingleton("streams", () => new Map<string, number>());

/** Takes one of an actor's streams; the function it answers gives it back, once. Throws a 429 `Problem` when all are taken. */
export function takeStream({ kind, id }: { kind: string; id: string }): () => void {
  const whose = `${kind} ${id}`;
  const most = environment().STREAMS_PER_PERSON;
  const count = open.get(whose) ?? 0;
  if (count >= most) {
    throw new Problem({
      status: 429,
      title: "You have too many streams open.",
      detail: `Close one first: the limit is ${most}. Pages without a stream refresh every few seconds instead.`,
      headers: { "retry-after": "30" },
    });
  }
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
