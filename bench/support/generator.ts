/**
 * Sends prepared requests from a process of its own, over plain sockets: neither an HTTP client's work nor what the bench
 * does meanwhile may limit the rate. `npm run bench:endpoint` prints what it reaches against a server that only answers.
 */
import { fork } from "node:child_process";
import path from "node:path";
import { endWithUs } from "./children";
import type { RequestOptions } from "./requests";

export interface GeneratorOptions extends Omit<RequestOptions, "count" | "prefix"> {
  url: string;
  connections: number;
  seconds: number;
  /** Requests per second, sent when they are due. Default: each connection sends as soon as it was answered. */
  rate?: number;
  /** The most that may be sent without a `rate`, so that they can be prepared. */
  most?: number;
}

export interface Heard {
  id: string;
  /** When it was due, in milliseconds since 1970. */
  at: number;
  /** From when it was due to the whole answer. */
  ms: number;
  /** 0: the connection broke. */
  status: number;
}

export interface Generated {
  heard: Heard[];
  seconds: number;
  /** Answers 2xx per second. */
  rate: number;
  accepted: number;
  /** Seconds of CPU of the generator. */
  cpu: number;
}

const PROGRAM = path.join(import.meta.dirname, "generator-process.ts");

export interface Generator {
  /** Resolves when all is prepared and connected; `start` then sends. */
  ready: Promise<void>;
  start(): Promise<Generated>;
}

/** Prepares the requests in a child process. Nothing is sent before `start`. */
export function prepareLoad(options: GeneratorOptions): Generator {
  const child = fork(PROGRAM, { execArgv: ["--import", "tsx"], serialization: "advanced" });
  endWithUs(child);
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`The generator ended with ${code}.`)));
  });
  failed.catch(() => {});
  const heard = <Message>() =>
    Promise.race([new Promise<Message>((resolve) => child.once("message", resolve)), failed]);
  child.send(options);
  return {
    ready: heard<"ready">().then(() => {}),
    async start() {
      const answer = heard<Generated>();
      child.send("start");
      return answer;
    },
  };
}

/** Prepares and sends. */
export async function generate(options: GeneratorOptions): Promise<Generated> {
  const load = prepareLoad(options);
  await load.ready;
  return load.start();
}
