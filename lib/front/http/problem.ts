import type { ProblemInit } from "@/lib/errors";

/**
 * What is wrong with a request on the level of HTTP: headers, body, encoding. A caller without the right gets a `Refusal` of
 * lib/refusals.ts.
 */
export class Problem extends Error {
  constructor(readonly init: ProblemInit) {
    super(init.title);
    this.name = "Problem";
  }
}
