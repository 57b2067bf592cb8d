import type { IncidentRefusals } from "@/lib/refusals";
import type { ProblemsOf } from "./problems-of";

/** What cannot be done with an incident, and what can. */
export const incidentProblems: ProblemsOf<IncidentRefusals> = {
  no_such_incident: { status: 404, title: "There is no such incident.", detail: "Ids look like in_12." },
  no_such_owner: {
    status: 400,
    title: "The owner is not a member of the staff who may see this incident.",
    detail: "Send the e-mail address of one, or null.",
    field: "owner",
  },
  incident_too_large: ({ matched, limit }) => ({
    status: 422,
    title: `The incident would be about ${matched >= 100_000 ? "100,000 events or more" : `${matched} events`}; it takes at most ${limit}.`,
    detail: "Narrow the selection: a shorter time, one provider, one destination, or only dead events.",
    field: "selection",
  }),
  incident_closed: {
    status: 409,
    title: "The incident is closed.",
    detail: "Reopen it first: POST …/reopen with a reason.",
  },
  incident_not_closed: { status: 409, title: "The incident is not closed.", detail: "There is nothing to reopen." },
  recovery_under_way: {
    status: 409,
    title: "A recovery or verification is under way.",
    detail: "Wait until it waits for a user, stops or ends: `steps` says where it is.",
  },
  incident_needs_administrator: ({ action }) => ({
    status: 403,
    title: "Only an administrator may do this.",
    detail: `Ask one: POST …/requests with the action "${action}", the same body as input, and a reason.`,
  }),
  positions_or_all: {
    status: 400,
    title: "It is not clear which items are accepted.",
    detail: 'Send either "positions" or "all": true.',
    field: "positions",
  },
  not_acceptable: ({ positions }) => ({
    status: 409,
    title: `Items that are neither still missing nor unrecoverable: ${positions.slice(0, 10).join(", ")}${positions.length > 10 ? ", …" : ""}.`,
    detail: "Recover and verify them first. Only what a verification did not find can be accepted.",
    field: "positions",
  }),
  nothing_to_accept: {
    status: 409,
    title: "No item is still missing or unrecoverable.",
    detail: "There is nothing to accept.",
  },
  incident_not_done: ({ affected, recovered, still_missing, not_accepted, is_verified }) => ({
    status: 409,
    title: "The incident is not over.",
    detail: [
      affected > 0 && `${affected} events are affected: recover them.`,
      recovered > 0 && `${recovered} are recovered and not verified: verify them.`,
      still_missing > 0 && `${still_missing} are still missing: recover or accept them.`,
      not_accepted > 0 && `${not_accepted} cannot be brought back and are not accepted: accept them.`,
      !is_verified && "No complete verification has run since it last changed: verify it.",
    ]
      .filter(Boolean)
      .join(" "),
  }),
  no_such_incident_request: { status: 404, title: "There is no such request.", detail: "Ids look like ir_12." },
  own_incident_request: {
    status: 403,
    title: "This is your own request.",
    detail: "Another administrator has to decide it.",
  },
  incident_request_decided: {
    status: 409,
    title: "The request is decided already.",
    detail: "Read the incident: `requests` says by whom.",
  },
};
