/** What a drill is: an outage that is played, what a person is told, and when the desk is right again. */
import type postgres from "postgres";
import type { Ask } from "../support/api";
import type { Outage } from "../support/world/plan";
import type { PlayedDesk, World } from "../support/world/world";
import type { Score } from "./scorecard";

/** A desk that a drill is played against. */
export interface Room {
  world: World;
  desk: PlayedDesk;
  sql: postgres.Sql;
  /** As an administrator. */
  ask: Ask;
  /** For a person; null without a console. */
  signIn: { url: string; email: string; password: string; token: string } | null;
  close(): Promise<void>;
}

export interface Drill {
  title: string;
  /** What a person on call hears, and no more. */
  alarm: string;
  /** Where to look first, in the console and by the API: one step a line. */
  steps: readonly string[];
  events: number;
  providers: readonly string[];
  outage: Outage;
  /** What goes wrong besides the outage, after it was played. */
  afterwards?(room: Room): Promise<void>;
  /** How the desk is now. It is right when nothing is missed. */
  judge(room: Room): Promise<Score[]>;
  /** The recovery by the API, for tests and for those who want to watch. */
  recover(room: Room): Promise<void>;
}

export function isRight(scores: readonly Score[]): boolean {
  return scores.every(({ total, repaired }) => repaired === total);
}
