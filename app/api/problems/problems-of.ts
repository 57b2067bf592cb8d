import type { ProblemInit } from "@/lib/errors";

/** A problem for each code; made from the refusal's data, where it has some. */
export type ProblemsOf<Codes> = {
  [Code in keyof Codes]: Codes[Code] extends null ? ProblemInit : (data: Codes[Code]) => ProblemInit;
};
