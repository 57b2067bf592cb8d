import { ALERT_KIND } from "@/lib/contract/alert-kinds";
import type { AlertRefusals } from "@/lib/refusals";
import type { ProblemsOf } from "./problems-of";

/** Alerts, their rules and silences. */
export const alertProblems: ProblemsOf<AlertRefusals> = {
  no_such_alert: { status: 404, title: "There is no such alert.", detail: "Ids look like al_12." },
  alert_has_incident: ({ incident_id }) => ({
    status: 409,
    title: "The alert has an incident already.",
    detail: `It is ${incident_id}.`,
  }),
  no_such_alert_rule: { status: 404, title: "There is no such rule.", detail: "Ids look like ar_12." },
  rule_changed_meanwhile: {
    status: 409,
    title: "Another request changed the rule.",
    detail: "Read it again, and send its version with your change.",
    field: "version",
  },
  first_rule_stays: {
    status: 409,
    title: "A rule that is there from the start cannot be deleted.",
    detail: "Switch it off: PATCH it with enabled: false.",
  },
  rule_unfit: ({ kind, field }) => ({
    status: 400,
    title: `A rule about "${ALERT_KIND[kind].label}" cannot be limited by ${field} here.`,
    detail: `It can be limited by: ${ALERT_KIND[kind].subjects.join(", ") || "nothing"}; a destination has no event type.`,
    field,
  }),
  rule_settings: ({ kind, wanted, more }) => ({
    status: 400,
    title: `A rule about "${ALERT_KIND[kind].label}" has other settings.`,
    detail:
      `Send: ${wanted.join(", ") || "none"}. ${more.length > 0 ? `It may also have: ${more.join(", ")}.` : ""}`.trim(),
    field: "settings",
  }),
  no_such_silence: { status: 404, title: "There is no such silence.", detail: "Ids look like sl_12." },
  silence_span: {
    status: 400,
    title: "The silence has to end after it begins, and after now, within 31 days.",
    detail: "Send a later or nearer ends_at.",
    field: "ends_at",
  },
  silence_ended: { status: 409, title: "The silence has ended already.", detail: "Nothing is silenced by it." },
};
