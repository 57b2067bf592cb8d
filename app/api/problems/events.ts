import type { EventRefusals } from "@/lib/refusals";
import type { ProblemsOf } from "./problems-of";

/** Events, saved views and searches. */
export const eventProblems: ProblemsOf<EventRefusals> = {
  no_such_event: { status: 404, title: "There is no such event.", detail: "Ids look like we_123." },
  no_data_request: {
    status: 409,
    title: "This event is not a data request.",
    detail: "A person can be exported when customers/data_request was received and processed.",
  },
  no_such_view: { status: 404, title: "You have no such view.", detail: "Ids look like ev_12." },
  view_name_taken: {
    status: 409,
    title: "You already have a view with that name.",
    detail: "Choose another name, or delete the other view first.",
    field: "name",
  },
  too_many_views: {
    status: 409,
    title: "You have 50 views, which is the limit.",
    detail: "Delete one first.",
  },
  views_need_owner: { status: 403, title: "Views belong to people, and this token has no owner." },
  bad_cursor: {
    status: 400,
    title: "The cursor is not valid.",
    detail: "Start again without it.",
    field: "cursor",
  },
  no_such_provider: ({ slug, known }) => ({
    status: 400,
    title: `No provider is called "${slug.slice(0, 40)}".`,
    detail: `Known providers: ${known.join(", ")}.`,
    field: "provider_slug",
  }),
  unknown_event_type: ({ type, providers, known }) => ({
    status: 400,
    title: `${providers.length > 0 ? providers.join(" and ") : "No provider"} ${
      providers.length > 1 ? "send" : "sends"
    }${providers.length > 0 ? " no" : " an"} event type "${type.slice(0, 100)}".`,
    detail: `Types: ${known.join(", ")}.`,
    field: "event_type",
  }),
  search_too_wide: ({ field }) => ({
    status: 422,
    title: `Searching the ${field === "q" ? "keys" : "payloads"} took too long and was stopped.`,
    detail: "Narrow it to a time range, a provider, a type or an organisation, then search again.",
    field,
  }),
  histogram_of_text: {
    status: 422,
    title: "A search in payloads is not counted over time.",
    detail: "It would read every payload of that time. Leave the text out.",
    field: "text",
  },
  none_to_resolve: {
    status: 409,
    title: "None of these events is failed or dead, so nothing was marked.",
    detail: "Reload the history to see their current status.",
  },
  none_to_reopen: {
    status: 409,
    title: "None of these events is resolved, so nothing was reopened.",
    detail: "Reload the history to see their current status.",
  },
  no_such_assignee: ({ email }) => ({
    status: 400,
    title: `${email.slice(0, 100)} is not on the staff, or is disabled.`,
    detail: "Settings › People lists who can be assigned.",
    field: "assignee",
  }),
  assignee_beyond_scope: ({ email }) => ({
    status: 400,
    title: `${email.slice(0, 100)} does not see this event.`,
    detail: "Assign someone who sees events of its organisation.",
    field: "assignee",
  }),
  idempotency_key_published: ({ event_id, idempotency_key }) => ({
    status: 409,
    title: `The idempotency key ${idempotency_key} published ${event_id}, which says something else.`,
    detail: "Use a new key for a new event.",
    field: "idempotencyKey",
    more: { event_id },
  }),
};
