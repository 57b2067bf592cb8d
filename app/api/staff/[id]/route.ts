import { handle, readJson } from "@/app/api/handle";
import { changeStaff } from "@/lib/commands/staff";
import { changeStaffRequest } from "@/lib/contract/api/staff";

/** Gives a person another role, disables or enables them. Ends their sessions at once. */
export const PATCH = handle("manage", async (context) =>
  changeStaff(String(context.params.id), changeStaffRequest.parse(await readJson(context.request)), context),
);
