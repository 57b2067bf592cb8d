import type { Drill } from "./drill";
import { endpointDown } from "./endpoint-down";
import { lostWebhooks } from "./lost-webhooks";
import { secretRolled } from "./secret-rolled";
import { wrongReplay } from "./wrong-replay";

/** By the name that `npm run drill` takes. */
export const DRILLS: Readonly<Record<string, Drill>> = {
  "lost-webhooks": lostWebhooks,
  "endpoint-down": endpointDown,
  "secret-rolled": secretRolled,
  "wrong-replay": wrongReplay,
};
