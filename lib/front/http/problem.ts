import type { ProblemInit } from "@/lib/errors";

/** What is wrong with a request as HTTP: its headers, its body, its encoding. What a person may not do is a `Refusal` of lib/refusals.ts. */
export class Problem extends Error {
  constructor(readonly init: ProblemInit) {
    super(init.title);
    this.name = "Problem";
  }
}
