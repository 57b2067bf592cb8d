/** What every route that asks for a replay does: how much may this actor ask for, what was not found, draft or start. */

import type { Actor } from "@/lib/auth/permissions";
import type { ReplayOptions } from "@/lib/contract/replay-options";
import type { Replay, ReplayKind, ReplayPreview, ReplayRequested } from "@/lib/contract/replays";
import { environment } from "@/lib/env";
import { Problem } from "@/lib/errors";
import { previewReplay } from "@/lib/pipeline/preview";
import { createReplay, draftReplay, type Selection } from "@/lib/pipeline/replay";
import { listKeyChoices, listMissingEvents, summariseReplay } from "@/lib/queries/replays";
import type { ApiContext } from "./handle";
import { requireReplaySize } from "./replay-size";

const DEFAULT_REASON = "Replayed through the API";
const NAMED_IN_ANSWER = 10;

export interface Asked {
  kind: ReplayKind;
  selection: Selection;
  options?: ReplayOptions;
  reason?: string;
  /** Freeze it and run nothing. */
  draft?: boolean;
  /** The same, and work out the preview. `options.dryRun` says it too. */
  dryRun?: boolean;
}

export interface Created {
  replay: Replay;
  /** Keys or ids that no event has. */
  notFound: string[];
  preview?: ReplayPreview;
}

/** Creates what was asked for, once per `Idempotency-Key`. A dry run may be started later: it is a draft. */
export async function askReplay(asked: Asked, { request, actor, requestId }: ApiContext): Promise<Created> {
  requireReplaySize(actor, asked.selection);
  requireAllowedLimit(asked.selection);
  const notFound = await listMissingEvents(asked.selection, actor);
  requireSomeFound(asked.selection, notFound);
  await requireOneEach(asked.selection, actor);

  const isDryRun = asked.dryRun || asked.options?.dryRun;
  const create = isDryRun || asked.draft ? draftReplay : createReplay;
  const replay = await create({
    kind: asked.kind,
    selection: asked.selection,
    // Whether it is a dry run is said by this request, not by the replay, which may be started later.
    options: { ...asked.options, dryRun: false },
    reason: asked.reason ?? DEFAULT_REASON,
    actor,
    requestId,
    idempotencyKey: idempotencyKeyOf(request),
  });
  return { replay, notFound, ...(isDryRun && { preview: await previewReplay(replay, actor) }) };
}

/** Asks, and answers as the console's and the OutboundEngine runbook's routes do: 200 for a dry run, 201 for a draft, 202. */
export async function answerReplay(asked: Asked, context: ApiContext): Promise<Response> {
  const { replay, notFound, preview } = await askReplay(asked, context);
  const limit = "limit" in asked.selection ? asked.selection.limit : undefined;
  const answer: ReplayRequested = {
    ...replay,
    status: statusToCaller(replay),
    request_id: context.requestId,
    replay_id: replay.id,
    taken: Math.min(replay.matched, limit ?? replay.matched),
    skip_reasons: (await summariseReplay(replay.id, context.actor)).skip_reasons,
    not_found: notFound,
    ...(preview && { preview }),
  };
  return Response.json(answer, { status: preview ? 200 : asked.draft ? 201 : 202 });
}

/** A replay that was just accepted is `queued`, as in the runbooks, whatever the worker has done with it since. */
export function statusToCaller({ status }: Replay): Replay["status"] {
  return status === "running" ? "queued" : status;
}

function requireAllowedLimit(selection: Selection): void {
  const most = environment().REPLAY_MAX_EVENTS;
  if (!("limit" in selection) || (selection.limit ?? 0) <= most) return;
  throw new Problem({
    status: 422,
    title: `A bulk replay takes at most ${most} events.`,
    detail: `Send a "limit" of ${most} or less, and the rest with the next one.`,
    field: "limit",
  });
}

function requireSomeFound(selection: Selection, notFound: string[]): void {
  const asked = "event_keys" in selection ? selection.event_keys : "event_ids" in selection ? selection.event_ids : [];
  if (asked.length === 0 || notFound.length < asked.length) return;
  const more = notFound.length > NAMED_IN_ANSWER ? ` and ${notFound.length - NAMED_IN_ANSWER} more` : "";
  throw new Problem({
    status: 404,
    title: "There is no such event.",
    detail: `Not found: ${notFound.slice(0, NAMED_IN_ANSWER).join(", ")}${more}.`,
  });
}

/**
 * A key names one event of one organisation and source. Where it names several, nothing runs in any of them until the
 * caller has said which it means. Throws a `Problem` that names the choices.
 */
export async function requireOneEach(selection: Selection, actor: Actor): Promise<void> {
  if (!("event_keys" in selection)) return;
  const [first] = await listKeyChoices(selection, actor);
  if (!first) return;
  const organisations = [...new Set(first.choices.map((choice) => choice.organisation_id))];
  const field = organisations.length > 1 ? "organisation_id" : "source_id";
  const names = field === "source_id" ? first.choices.map((choice) => choice.source_id) : organisations;
  throw new Problem({
    status: 409,
    title: `${first.choices.length} events have the key ${first.event_key}.`,
    detail: `Send "${field}" with the one you mean: ${names.slice(0, NAMED_IN_ANSWER).map(inJson).join(", ")}.`,
    field,
    more: { choices: first.choices },
  });
}

/** As it is sent: null for without one. */
function inJson(name: string | null): string {
  return JSON.stringify(name);
}

function idempotencyKeyOf(request: Request): string | undefined {
  const key = request.headers.get("idempotency-key") ?? undefined;
  // Two headers arrive as one, with a comma and a space between.
  if (key === undefined || (/^[\x20-\x7e]{1,255}$/.test(key) && !key.includes(", "))) return key;
  throw new Problem({
    status: 400,
    title: "The Idempotency-Key is not valid.",
    detail: "Send it once, with up to 255 plain characters, such as a UUID.",
    field: "Idempotency-Key",
  });
}
