/** Which event a key means, where several organisations or sources sent the same one. */
import { z } from "zod";
import { sourceId } from "./values";

/** Required where several organisations or sources sent the same key: without it nothing runs, and the answer is 409. */
const organisationId = z.string().min(1).max(255).nullable().optional();

export const which = {
  organisation_id: organisationId.describe(
    "The organisation, where several have this key; null for events without one.",
  ),
  org_id: organisationId.describe("The same."),
  source_id: sourceId.nullable().optional().describe("The source that received it; null for the default endpoint."),
};

export const oneName = {
  error: "differs from organisation_id, which means the same: send one of them",
  path: ["org_id"],
};

export const isOneName = (asked: { organisation_id?: string | null; org_id?: string | null }) =>
  asked.org_id === undefined || asked.organisation_id === undefined || asked.org_id === asked.organisation_id;

/** The fields that say which event is meant, under one name. */
export function whichOf<
  Asked extends { organisation_id?: string | null; org_id?: string | null; source_id?: number | null },
>({ organisation_id, org_id, source_id }: Asked) {
  const organisation = organisation_id === undefined ? org_id : organisation_id;
  return {
    ...(organisation !== undefined && { organisation_id: organisation }),
    ...(source_id !== undefined && { source_id }),
  };
}

/**
 * The query of every request that starts a replay: the runbooks add these to the address. lib/front/http/replay-request.ts
 * reads them as fields of the body, which refuses those that its request does not have.
 */
export const contextInQuery = z.object(which);
