/** Starts one of the peers in peers/ as a process of its own, as Redrive is one, and speaks with it. */
import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { endWithUs, kill } from "./children";

export interface PeerProcess {
  pid: number;
  /** Sends a message, and resolves with the answer to it. */
  ask<Answer>(message: object): Promise<Answer>;
  stop(): Promise<void>;
}

/** Resolves once it has said that it is ready. */
export async function startPeer(name: string, env: Record<string, string>): Promise<PeerProcess & { port: number }> {
  const child = fork(path.join(import.meta.dirname, "peers", `${name}.ts`), {
    execArgv: ["--import", "tsx"],
    env: { ...process.env, NODE_ENV: "production", ...env },
  });
  endWithUs(child);
  const { port } = await heard<{ port: number }>(child, name);
  return {
    port,
    pid: child.pid as number,
    async ask<Answer>(message: object) {
      const answer = heard<Answer>(child, name);
      child.send(message);
      return answer;
    },
    stop: () => kill(child),
  };
}

async function heard<Message>(child: ChildProcess, name: string): Promise<Message> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`The peer ${name} ended with ${code}.`));
    child.once("exit", ended);
    child.once("message", (message) => {
      child.off("exit", ended);
      resolve(message as Message);
    });
  });
}
