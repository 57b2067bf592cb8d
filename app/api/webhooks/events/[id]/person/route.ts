import { handle } from "@/app/api/handle";
import { recordExport } from "@/lib/commands/exports";
import { exportPerson, findPerson } from "@/lib/queries/export-person";

/** What is stored about the person of a data request, as a download. It is in the audit log. */
export const GET = handle("manage", async (context) => {
  const id = String(context.params.id);
  const person = await findPerson(id, context.actor);
  const details = { events: person.event_ids.length };
  const onEnd = await recordExport({ action: "person.export", subject: id, details }, context);
  return new Response(exportPerson(person, context.actor, onEnd), {
    headers: {
      "content-type": "application/json",
      "content-disposition": `attachment; filename="person-${id.replace(/\W/g, "")}.json"`,
      "x-content-type-options": "nosniff",
    },
  });
});
