import type { ActorContext } from "@/lib/commands/actor";

/** The actor of a test that calls a verb directly: an administrator who sees everything. */
export const ada = {
  actor: { kind: "staff", id: "staff-1", name: "Ada", role: "admin", organisations: null },
  requestId: "incident-7",
} as const satisfies ActorContext;
