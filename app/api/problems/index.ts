/** The only place that maps every refusal and error of the API to an HTTP status, a sentence and a way out. */
import { z } from "zod";
import { DatabaseBusy, DatabaseError, DatabaseUnavailable } from "@/lib/db/client";
import type { ProblemInit } from "@/lib/errors";
import { Problem } from "@/lib/front/http/problem";
import { Refusal, type RefusalCode, type Refusals } from "@/lib/refusals";
import { accessProblems } from "./access";
import { alertProblems } from "./alerts";
import { channelProblems } from "./channels";
import { destinationProblems } from "./destinations";
import { eventProblems } from "./events";
import { evidenceProblems } from "./evidence";
import { incidentProblems } from "./incidents";
import { peopleProblems } from "./people";
import type { ProblemsOf } from "./problems-of";
import { providerQuestionProblems } from "./provider-questions";
import { reconciliationProblems } from "./reconciliations";
import { replayProblems } from "./replays";
import { retentionProblems } from "./retention";
import { sourceProblems } from "./sources";

const PROBLEMS: ProblemsOf<Refusals> = {
  ...accessProblems,
  ...peopleProblems,
  ...eventProblems,
  ...replayProblems,
  ...destinationProblems,
  ...sourceProblems,
  ...providerQuestionProblems,
  ...reconciliationProblems,
  ...evidenceProblems,
  ...incidentProblems,
  ...alertProblems,
  ...channelProblems,
  ...retentionProblems,
};

/** A refusal as callers see it. */
export function problemOf({ code, data }: Refusal): ProblemInit {
  const problem = PROBLEMS[code] as ProblemInit | ((data: Refusals[RefusalCode]) => ProblemInit);
  return typeof problem === "function" ? problem(data) : problem;
}

/** Any error: wrong input names its field, an absent database may be asked again, anything unknown is a bug: 500. */
export function describe(error: unknown): ProblemInit {
  if (error instanceof Refusal) return problemOf(error);
  if (error instanceof Problem) return error.init;
  if (error instanceof z.ZodError) {
    const issue = error.issues[0];
    const field = issue?.path.filter((step) => typeof step === "string").join(".") || "body";
    return { status: 400, title: `The value of ${field} is not valid.`, detail: issue?.message, field };
  }
  if (error instanceof DatabaseBusy) return describeBusy(error);
  if (error instanceof DatabaseUnavailable) {
    return {
      status: 503,
      title: "The database does not respond.",
      detail: "Try again in a moment.",
      headers: { "retry-after": "5" },
    };
  }
  // SQLSTATE class 22: a value of the caller's that passed our checks and means nothing to Postgres, such as the year 0.
  if (error instanceof DatabaseError && error.code.startsWith("22")) {
    return {
      status: 400,
      title: "A value in this request is not valid.",
      detail: "Check its times, numbers and names.",
    };
  }
  return { status: 500, title: "Redrive failed on this request.", detail: "Quote the request id to an engineer." };
}

/** The answer to a caller without a turn: too many long reads, of their own or in total. */
export function describeBusy({ by }: DatabaseBusy): ProblemInit {
  const detail = "Searches and other long reads are limited. Wait for the running ones to finish, then try again.";
  const headers = { "retry-after": "5" };
  return by === "person"
    ? { status: 429, title: "You have too many long reads under way.", detail, headers }
    : { status: 503, title: "Too many long reads are under way.", detail, headers };
}
