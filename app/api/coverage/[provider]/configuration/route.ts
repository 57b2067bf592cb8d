import { handle } from "@/app/api/handle";
import { readConfiguration } from "@/lib/commands/ask-provider";
import { ofSource } from "@/lib/contract/api/source-api";
import { readQuery } from "@/lib/contract/event-filter";

/** Asks the provider how it is set up to send to us. */
export const GET = handle("reconcile", (context) => {
  const { source_id } = ofSource.parse(readQuery(new URL(context.request.url).searchParams));
  return readConfiguration({ provider_slug: String(context.params.provider), source_id }, context);
});
