/** Child processes that end with this one, whatever ends it. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

const living = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

export function endWithUs(child: ChildProcess): void {
  living.add(child);
  child.once("exit", () => living.delete(child));
}

/** Resolves when it has ended. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
