import { handle } from "@/app/api/handle";
import { linkStaff } from "@/lib/commands/staff";

/** Makes a new one-time link for a person who lost the invitation or the password. */
export const POST = handle("manage", async (context) =>
  Response.json(await linkStaff(String(context.params.id), context), { status: 201 }),
);
