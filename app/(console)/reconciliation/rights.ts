import type { Rights } from "@/components/reconciliation/rights";
import { type Actor, mayActor } from "@/lib/auth/permissions";
import { replayPermissions } from "../permissions";

const VIEWER = "Viewers cannot ask a provider. Ask an administrator for the Support role.";
const NOT_ADMIN = "Only an administrator may change API keys and schedules.";

/** What the reader of these pages may do, as their components explain it. The API decides. */
export function rightsOf(actor: Actor): Rights {
  return {
    forbiddenToCheck: mayActor(actor, "reconcile") ? null : VIEWER,
    forbiddenToManage: mayActor(actor, "manage") ? null : NOT_ADMIN,
    replay: replayPermissions(actor),
  };
}
