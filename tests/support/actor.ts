import type { ActorContext } from "@/lib/commands/actor";

/** Who acts where a test calls a verb itself: an administrator who sees everything. */
export const ada = {
  actor: { kind: "staff", id: "staff-1", name: "Ada", role: "admin", organisations: null },
  requestId: "incident-7",
} as const satisfies ActorContext;
