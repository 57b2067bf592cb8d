import { forgottenText } from "@/lib/contract/retention-words";
import type { ReplayRefusals } from "@/lib/refusals";
import type { ProblemsOf } from "./problems-of";

const NAMED_IN_ANSWER = 10;
const PAST = { pause: "paused", resume: "resumed", cancel: "cancelled" };

/** What cannot be replayed, or not now. */
export const replayProblems: ProblemsOf<ReplayRefusals> = {
  no_such_replay: { status: 404, title: "There is no such replay.", detail: "Ids look like wr_123." },
  no_event_matches: {
    status: 404,
    title: "No event matches.",
    detail: "Check the provider, the keys or the filter in the event history.",
  },
  no_destination: {
    status: 409,
    title: "No destination receives these events, so there is nothing to replay.",
    detail: "Events of this type are stored, but not delivered.",
  },
  in_flight: {
    status: 409,
    title: "Everything selected is being delivered now.",
    detail: "Wait for the attempts to end; replay what fails.",
  },
  too_old: ({ days }) => ({
    status: 422,
    title: `Events older than ${days} days cannot be replayed.`,
    detail: "An administrator may raise REPLAY_MAX_AGE_DAYS.",
  }),
  body_forgotten: (gone) => ({
    status: 410,
    title: forgottenText(gone),
    detail: "What was not kept cannot be replayed or downloaded. The provider may still have it.",
  }),
  too_many: ({ matched, limit }) => ({
    status: 422,
    title: `The selection matches ${matched} events; a bulk replay takes at most ${limit}.`,
    detail: `Narrow it, or send lists of at most ${limit} ids. With a filter, send "limit": ${limit} to take the oldest ${limit} that would run.`,
    field: "limit",
    // The console offers the oldest ones by these.
    more: { matched, limit },
  }),
  limit_too_high: ({ most }) => ({
    status: 422,
    title: `A bulk replay takes at most ${most} events.`,
    detail: `Send a "limit" of ${most} or less, and the rest with the next one.`,
    field: "limit",
  }),
  key_reused: ({ replay }) => ({
    status: 422,
    title: `This Idempotency-Key made ${replay ?? "a replay"}${replay ? ", which is a replay" : ""} of something else.`,
    detail: "Use a new key for a new replay.",
    field: "Idempotency-Key",
  }),
  hourly_limit: ({ organisation, used, asked, limit }) => ({
    status: 429,
    title: `The merchant ${organisation} may have ${limit} events replayed per hour.`,
    detail: `${used} were, and this replay has ${asked} more. Wait, or select fewer.`,
    headers: { "retry-after": "600" },
  }),
  concurrent_limit: ({ organisation, used, limit }) => ({
    status: 429,
    title: `The merchant ${organisation} has ${used} replays under way; ${limit} is the most.`,
    detail: "Wait for one to end, or cancel one.",
    headers: { "retry-after": "60" },
  }),
  not_possible_now: ({ status, action }) => ({
    status: 409,
    title: `A replay that is ${status} cannot be ${PAST[action]}.`,
  }),
  too_many_chosen: ({ role, most }) => ({
    status: 403,
    title: `${role ? `The role ${role}` : "This token"} may replay up to ${most} events that were chosen one by one.`,
    detail: "Choose fewer, or ask an administrator.",
  }),
  events_not_found: ({ names }) => ({
    status: 404,
    title: "There is no such event.",
    detail: `Not found: ${names.slice(0, NAMED_IN_ANSWER).join(", ")}${
      names.length > NAMED_IN_ANSWER ? ` and ${names.length - NAMED_IN_ANSWER} more` : ""
    }.`,
  }),
  no_such_webhook: { status: 404, title: "Webhook not found.", detail: "Ids look like we_123.", field: "webhook_id" },
  not_a_dead_letter: ({ id, status }) => ({
    status: 404,
    title: `Webhook not found: ${id} is not a dead letter, it is ${status}.`,
    detail: "GET /api/webhooks/dlq lists dead letters. Any event can be replayed with POST /api/webhooks/replays.",
    field: "webhook_id",
  }),
  key_of_several: ({ event_key, choices }) => {
    const organisations = [...new Set(choices.map((choice) => choice.organisation_id))];
    const field = organisations.length > 1 ? "organisation_id" : "source_id";
    const names = field === "source_id" ? choices.map((choice) => choice.source_id) : organisations;
    // As they are sent: null for without one.
    const sent = names.slice(0, NAMED_IN_ANSWER).map((name) => JSON.stringify(name));
    return {
      status: 409,
      title: `${choices.length} events have the key ${event_key}.`,
      detail: `Send "${field}" with the one you mean: ${sent.join(", ")}.`,
      field,
      more: { choices },
    };
  },
};
