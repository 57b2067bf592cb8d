import { handle, readJson } from "@/app/api/handle";
import { changePreferences } from "@/lib/commands/notification-preferences";
import { changePreferencesRequest } from "@/lib/contract/api/notifications";
import { readPreferences } from "@/lib/queries/channels";

/** What the caller wants to be told, by mail and in the console. */
export const GET = handle("view", ({ actor }) => readPreferences(actor));

/** Changes it; fields that are left out stay. */
export const PATCH = handle("view", async (context) => {
  return changePreferences(changePreferencesRequest.parse(await readJson(context.request)), context);
});
