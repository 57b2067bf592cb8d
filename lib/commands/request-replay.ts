/**
 * The common steps of every request for a replay: check the size this actor may ask for, report missing events, draft or
 * start.
 */
import type { ReplayOptions } from "@/lib/contract/replay-options";
import type { ReplayKind } from "@/lib/contract/replays";
import { environment } from "@/lib/env";
import { withKnownWords } from "@/lib/queries/known-words";
import type { RequestedReplay } from "@/lib/queries/replay-answers";
import { previewReplay } from "@/lib/queries/replay-preview";
import { listKeyChoices, listMissingEvents, type Selection } from "@/lib/queries/replays";
import { Refusal } from "@/lib/refusals";
import type { Scoped } from "@/lib/scope";
import type { ActorContext } from "./actor";
import { requireReplaySize } from "./replay-size";
import { createAndStartReplay, createReplay } from "./replays";

const DEFAULT_REASON = "Replayed through the API";

export interface ReplayRequest {
  kind: ReplayKind;
  selection: Selection;
  options?: ReplayOptions;
  reason?: string;
  /** Freeze it and run nothing. */
  draft?: boolean;
  /** The same, with a preview. `options.dryRun` means it too. */
  dryRun?: boolean;
  idempotencyKey?: string;
  keepEmpty?: boolean;
}

/** Creates the replay, once per idempotency key. A dry run is a draft and may be started later. Throws a `Refusal`. */
export async function requestReplay(asked: ReplayRequest, by: ActorContext): Promise<RequestedReplay> {
  requireReplaySize(by.actor, asked.selection);
  requireAllowedLimit(asked.selection);
  const selection = await inKnownWords(asked.selection, by.actor);
  const notFound = await listMissingEvents(selection, by.actor);
  requireSomeFound(selection, notFound);
  await requireOneEach(selection, by.actor);

  const isDryRun = asked.dryRun || asked.options?.dryRun;
  const create = isDryRun || asked.draft ? createReplay : createAndStartReplay;
  const replay = await create(
    {
      kind: asked.kind,
      selection,
      // Only this request is a dry run; the replay may be started later.
      options: { ...asked.options, dryRun: false },
      reason: asked.reason ?? DEFAULT_REASON,
      idempotencyKey: asked.idempotencyKey,
      keepEmpty: asked.keepEmpty,
    },
    by,
  );
  return { replay, notFound, ...(isDryRun && { preview: await previewReplay(replay, by.actor) }) };
}

function requireAllowedLimit(selection: Selection): void {
  const most = environment().REPLAY_MAX_EVENTS;
  if (!("limit" in selection) || (selection.limit ?? 0) <= most) return;
  throw new Refusal("limit_too_high", { most });
}

async function inKnownWords(selection: Selection, asker: Scoped): Promise<Selection> {
  if (!("filter" in selection)) return selection;
  return { ...selection, filter: await withKnownWords(selection.filter, asker) };
}

function requireSomeFound(selection: Selection, notFound: string[]): void {
  const asked = "event_keys" in selection ? selection.event_keys : "event_ids" in selection ? selection.event_ids : [];
  if (asked.length === 0 || notFound.length < asked.length) return;
  throw new Refusal("events_not_found", { names: notFound });
}

/**
 * A key names one event of one organisation and source. When several have it, nothing runs in any of them until the caller
 * has said which one they mean. Throws a `Refusal` that names the choices.
 */
export async function requireOneEach(selection: Selection, asker: Scoped): Promise<void> {
  if (!("event_keys" in selection)) return;
  const [first] = await listKeyChoices(selection, asker);
  if (first) throw new Refusal("key_of_several", first);
}
